"""法发〔2017〕22号: the total a financial institution may charge."""
