"""What a bank says came in: files of any bank brought to one frozen form. No Django, no clock, no database."""
