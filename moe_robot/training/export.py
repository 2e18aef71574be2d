"""The trained networks as ONNX, averaged: their tables in int8 with a scale for each row, the rest in float32.

    ids int64 [n], weights float32 [n]  ->  classes float32 [C], categories float32 [K]

One text at a time, as the router asks. Deterministic bytes.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from moe_robot.training.network import Ensemble, Floats, Network

OPSET = 17


def quantized(network: Network) -> tuple[NDArray[np.int8], Floats]:
    """int8 [D, d] and the scale of each row [D]."""
    scale = np.abs(network.table).max(axis=1) / 127.0
    safe = np.where(scale > 0, scale, 1.0).astype(np.float32)
    return np.rint(network.table / safe[:, None]).astype(np.int8), safe


def as_onnx(ensemble: Ensemble) -> bytes:
    from onnx import TensorProto, checker, helper, numpy_helper

    node = helper.make_node
    arrays: dict[str, NDArray[np.generic]] = {
        "idf": ensemble.members[0].idf,  # of the texts, not of a network: all have the same
        "tiny": np.array([1e-9], np.float32),
        "row": np.array([1, -1], np.int64),
        "flat": np.array([-1], np.int64),
    }
    nodes = [
        node("Gather", ["idf", "ids"], ["idfs"]),
        node("Mul", ["weights", "idfs"], ["values"]),
        node("Mul", ["values", "values"], ["squares"]),
        node("ReduceSum", ["squares"], ["square"], keepdims=1),
        node("Add", ["square", "tiny"], ["safe"]),
        node("Sqrt", ["safe"], ["length"]),
        node("Div", ["values", "length"], ["unit"]),
    ]
    for number, network in enumerate(ensemble.members):
        table, scale = quantized(network)
        arrays |= {f"table{number}": table, f"scale{number}": scale}
        arrays |= {f"{n}{number}": part if part.ndim > 1 else part[None, :] for n, part in network.parts.items()}
        made = [
            node("Gather", ["scale", "ids"], ["scales"]),
            node("Mul", ["unit", "scales"], ["scaled"]),
            node("Reshape", ["scaled", "row"], ["x"]),
            node("Gather", ["table", "ids"], ["small"]),
            node("Cast", ["small"], ["rows"], to=TensorProto.FLOAT),
            node("MatMul", ["x", "rows"], ["h"]),
            node("MatMul", ["h", "W"], ["hidden"]),
            node("Add", ["hidden", "b"], ["shifted"]),
            node("Relu", ["shifted"], ["a"]),
        ]
        for mark in ("", "k"):
            made += [
                node("MatMul", ["h", f"U{mark}"], [f"straight{mark}"]),
                node("MatMul", ["a", f"V{mark}"], [f"bent{mark}"]),
                node("Add", [f"straight{mark}", f"bent{mark}"], [f"both{mark}"]),
                node("Add", [f"both{mark}", f"c{mark}"], [f"biased{mark}"]),
            ]
        shared = ("ids", "unit", "row")
        for each in made:
            each.input[:] = [name if name in shared else f"{name}{number}" for name in each.input]
            each.output[:] = [f"{name}{number}" for name in each.output]
        nodes += made
    for mark, name in (("", "classes"), ("k", "categories")):
        biased = [f"biased{mark}{number}" for number in range(len(ensemble.members))]
        nodes += [node("Mean", biased, [f"mean{mark}"]), node("Reshape", [f"mean{mark}", "flat"], [name])]
    parts = ensemble.members[0].parts
    graph = helper.make_graph(
        nodes,
        "router",
        [
            helper.make_tensor_value_info("ids", TensorProto.INT64, ["n"]),
            helper.make_tensor_value_info("weights", TensorProto.FLOAT, ["n"]),
        ],
        [
            helper.make_tensor_value_info("classes", TensorProto.FLOAT, [parts["c"].shape[-1]]),
            helper.make_tensor_value_info("categories", TensorProto.FLOAT, [parts["ck"].shape[-1]]),
        ],
        [numpy_helper.from_array(np.ascontiguousarray(array), name) for name, array in sorted(arrays.items())],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", OPSET)], producer_name="moe_robot")
    model.ir_version = 8
    checker.check_model(model)
    return bytes(model.SerializeToString(deterministic=True))
