"""Lists decided in one go: the price subsidy, condolence money, insurance, goods."""
