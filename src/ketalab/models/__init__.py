"""Pure models: dose to plasma to receptor to circuit to synapse to symptom."""
