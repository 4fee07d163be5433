#!/usr/bin/env python3
"""Writes assets/sidecar/torchvision.json: what the weights of torchvision want pictures to be made into.

Read from the sources of an unpacked torchvision wheel without importing them, so that no PyTorch is needed:

    pip download --no-deps torchvision && python3 -m zipfile -e torchvision-*.whl unpacked
    python3 scripts/torchvision-presets.py unpacked/torchvision

torchvision is BSD-3-Clause, Copyright (c) Soumith Chintala 2016; only names and numbers are taken from it.
"""
import ast
import json
import re
import sys
from pathlib import Path

root = Path(sys.argv[1])


def constant(node):
    if isinstance(node, ast.Attribute):
        return node.attr.lower()
    if isinstance(node, ast.Tuple):
        return tuple(constant(item) for item in node.elts)
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Div):
        return constant(node.left) / constant(node.right)
    return ast.literal_eval(node)


def defaults(name):
    """The default arguments of a preset."""
    tree = ast.parse((root / 'transforms/_presets.py').read_text())
    preset = next(n for n in tree.body if isinstance(n, ast.ClassDef) and n.name == name)
    init = next((n for n in preset.body if isinstance(n, ast.FunctionDef) and n.name == '__init__'), None)
    if init is None:
        return {}
    pairs = zip(init.args.kwonlyargs, init.args.kw_defaults)
    return {arg.arg: constant(value) for arg, value in pairs if value is not None}


kinds = {'ImageClassification': 'classification', 'SemanticSegmentation': 'segmentation', 'ObjectDetection': 'detection'}
weights = {}
for file in sorted((root / 'models').rglob('*.py')):
    for group in ast.walk(ast.parse(file.read_text())):
        if not (isinstance(group, ast.ClassDef) and group.name.endswith('Weights')):
            continue
        for member in group.body:
            is_weights = isinstance(member, ast.Assign) and isinstance(member.value, ast.Call)
            if not is_weights:
                continue
            given = {k.arg: k.value for k in member.value.keywords}
            transforms = given.get('transforms')
            if transforms is None:
                continue
            call = transforms if isinstance(transforms, ast.Call) else None
            preset = (call.args[0] if call else transforms).id
            if preset not in kinds:
                continue
            own = {k.arg: constant(k.value) for k in call.keywords} if call else {}
            settings = {**defaults(preset), **own}
            entry = {'task': kinds[preset]}
            if 'crop_size' in settings:
                entry['crop'] = settings['crop_size']
            if 'resize_size' in settings:
                entry['resize'] = settings['resize_size']
            for name in ('mean', 'std'):
                if name in settings:
                    entry[name] = list(settings[name])
            if 'interpolation' in settings:
                entry['interpolation'] = settings['interpolation']
            weights[f'{group.name}.{member.targets[0].id}'] = entry

version = re.search(r"__version__ = '([^'+]+)", (root / 'version.py').read_text()).group(1)
rows = ',\n'.join(f'    {json.dumps(name)}: {json.dumps(entry)}' for name, entry in sorted(weights.items()))
target = Path(__file__).parent.parent / 'assets/sidecar/torchvision.json'
target.write_text(f'{{\n  "version": {json.dumps(version)},\n  "weights": {{\n{rows}\n  }}\n}}\n')
print(f'{len(weights)} weights of torchvision {version}')
