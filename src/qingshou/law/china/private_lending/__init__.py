"""民间借贷规定: the cap of four times LPR and the rule before it."""
