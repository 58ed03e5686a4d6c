"""A plan as people meet it: split, complete, improve, evaluate, name, describe, save."""
