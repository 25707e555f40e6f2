"""Which runs of params.yaml stand for what in the paper: the one list that tables, claims, figures and pages read."""

# The runs that draw S (Table 2, Figures 7 and 15), and the abstract's example of four objectives.
SYM_RUNS = ("model1", "model2", "model3", "comparison", "additional", "abstract")
# Model 1's hyper-parameter models, each trained for one S, in the order of simplex.TABLE3.
HYPER_RUNS = ("model1-w100", "model1-w110", "model1-w010", "model1-w011", "model1-w001", "model1-w101")
# Model 2 with each conditioning: CCAM, CONCAT, CONCAT with features, CBN, FiLM (Figures 8 and 11).
CONDITIONING_RUNS = ("model2", "model2-concat", "model2-concat-features", "model2-cbn", "model2-film")
