"""Molecules: the labels of their stereocentres do not depend on how RDKit is set, and nothing stays set."""

import numpy as np
from rdkit import Chem
from rdkit.Chem import rdCIPLabeler, rdDepictor

from ketalab.data import table
from ketalab.lessons.l01_from_dose_to_brain.figures import MOLECULES, structure


def test_r_and_s_are_drawn_under_either_stereo_perception_and_rdkit_is_left_as_it_was():
    smiles = table("molecules").set_index("molecule").smiles
    drawn = {}
    before = Chem.GetUseLegacyStereoPerception()
    for legacy in (True, False):
        Chem.SetUseLegacyStereoPerception(legacy)
        for prefer in (True, False):
            rdDepictor.SetPreferCoordGen(prefer)
            try:
                drawn[legacy, prefer] = structure(smiles["esketamine"])
                assert rdDepictor.GetPreferCoordGen() is prefer
            finally:
                rdDepictor.SetPreferCoordGen(False)
                Chem.SetUseLegacyStereoPerception(before)
    first = drawn.popitem()[1]
    assert all((first == other).all() for other in drawn.values())
    # the picture of the same molecule without its stereocentre has no label
    assert np.abs(first.astype(int) - structure(smiles["ketamine"])).max() > 100


def test_the_labels_are_those_of_the_names():
    smiles = table("molecules").set_index("molecule").smiles
    for name, label in (("esketamine", "S"), ("arketamine", "R")):
        molecule = Chem.MolFromSmiles(smiles[name])
        rdCIPLabeler.AssignCIPLabels(molecule)
        found = [atom.GetProp("_CIPCode") for atom in molecule.GetAtoms() if atom.HasProp("_CIPCode")]
        assert found == [label], name


def test_the_four_structures_are_drawn_to_one_scale():
    """Their rings stand one above the other in all of them, so they are equally high."""
    smiles = table("molecules").set_index("molecule").smiles
    high = [np.ptp(np.argwhere(structure(smiles[name]).min(axis=2) < 250)[:, 0]) for name in MOLECULES]
    assert max(high) - min(high) <= 2  # pixels
