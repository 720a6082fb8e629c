"""贷款市场报价利率: one year and over five years."""
