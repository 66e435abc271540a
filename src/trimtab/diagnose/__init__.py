"""Why a run failed: probes, causes with their evidence, interventions."""
