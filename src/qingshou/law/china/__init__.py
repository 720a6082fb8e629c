"""China: texts of the banking regulator, the central bank, the courts and the Civil Code."""
