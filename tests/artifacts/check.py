"""Validates the artifacts in the target folders given; the last line is "N passed, N failed"."""

import json
import pathlib
import sys

from dbt_artifacts_parser import parser
from dbt_semantic_interfaces.implementations.semantic_manifest import PydanticSemanticManifest
from dbt_semantic_interfaces.validations.semantic_manifest_validator import SemanticManifestValidator


def read_semantic_manifest(content):
    manifest = PydanticSemanticManifest.parse_obj(content)
    if manifest.semantic_models or manifest.metrics:
        found = SemanticManifestValidator[PydanticSemanticManifest]().validate_semantic_manifest(manifest)
        if found.errors:
            raise ValueError("\n".join(error.message for error in found.errors))


READERS = {
    "manifest.json": parser.parse_manifest_v12,
    "run_results.json": parser.parse_run_results_v6,
    "catalog.json": parser.parse_catalog_v1,
    "sources.json": parser.parse_sources_v3,
    "semantic_manifest.json": read_semantic_manifest,
}


def main(folders):
    passed = failed = 0
    for folder in map(pathlib.Path, folders):
        if not (folder / "manifest.json").exists():
            failed += 1
            print(f"FAIL {folder.parent.name}: no manifest.json was written")
        for name, read in READERS.items():
            path = folder / name
            if not path.exists():
                continue
            try:
                read(json.loads(path.read_text()))
                passed += 1
            except Exception as error:  # whatever a reader raises is a fault of the file
                failed += 1
                print(f"FAIL {folder.parent.name}/{name}")
                print("\n".join("    " + line for line in str(error).splitlines()[:20]))
    print(f"{passed} passed, {failed} failed")
    return failed == 0 and passed > 0


sys.exit(0 if main(sys.argv[1:]) else 1)
