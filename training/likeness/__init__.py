"""How like made-up tables are to real ones: by column, to models, and in the histories; see `training.fidelity`."""
