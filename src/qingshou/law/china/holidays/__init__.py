"""全国年节及纪念日放假办法 with the yearly notices of shifted workdays."""
