"""An owner of items and a neighbour who keeps a copy of them: for the tests of projections."""
