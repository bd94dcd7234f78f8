"""Snapshots of a round: frozen, checked, approved, released, called off."""
