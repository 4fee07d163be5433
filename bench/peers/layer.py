# python layer.py openvino|xnnpack FOLDER: one layer of bench/libraries.mjs in a library of kernels, on one thread, behind
# the protocol of nodePeer.mjs. FOLDER has layer.json, weights.npy (outputs, inputs, rows, columns), bias.npy and input.npy
# (1, channels, rows, columns); what comes out goes to NAME.npy there. OpenVINO reports the time of the layer alone,
# without the reorders around it; XNNPACK, here the delegate of LiteRT, reads channels last and is timed as it is called.
import json
import os
import sys
import time

import numpy as np


def open_openvino(layer, weights, bias, data):
    import openvino
    from openvino import opset13 as ops

    given = ops.parameter(list(data.shape), np.float32, name="given")
    if layer["group"] > 1:
        kernels = ops.constant(weights.reshape(layer["group"], -1, *weights.shape[1:]))
        convolve = ops.group_convolution
    else:
        kernels = ops.constant(weights)
        convolve = ops.convolution
    pads, strides = layer["pads"], layer["stride"]
    made = convolve(given, kernels, strides, pads, pads, [1, 1])
    made = ops.add(made, ops.constant(bias.reshape(1, -1, 1, 1)))
    settings = {
        "INFERENCE_NUM_THREADS": 1,
        "NUM_STREAMS": 1,
        "INFERENCE_PRECISION_HINT": "f32",
        "ENABLE_CPU_PINNING": False,
        "PERF_COUNT": True,
    }
    compiled = openvino.Core().compile_model(openvino.Model([made], [given]), "CPU", settings)
    request = compiled.create_infer_request()

    def run():
        request.infer({0: data})
        own = [node for node in request.get_profiling_info() if "Convolution" in node.node_type]
        return sum(node.real_time.total_seconds() for node in own) * 1e6

    def output():
        return np.array(request.get_output_tensor(0).data)

    return run, output


def open_xnnpack(layer, weights, bias, data):
    from ai_edge_litert.interpreter import Interpreter

    depthwise = layer["group"] > 1
    kernels = weights[:, 0].transpose(1, 2, 0)[None] if depthwise else weights.transpose(0, 2, 3, 1)
    net = Interpreter(model_content=made_tflite(layer, np.ascontiguousarray(kernels), bias, data), num_threads=1)
    net.allocate_tensors()
    # Nothing but the delegate is left where it took the layer.
    if not any(op["op_name"] == "DELEGATE" for op in net._get_ops_details()):
        raise RuntimeError("XNNPACK did not take the layer")
    net.set_tensor(net.get_input_details()[0]["index"], np.ascontiguousarray(data.transpose(0, 2, 3, 1)))

    def run():
        started = time.perf_counter_ns()
        net.invoke()
        return (time.perf_counter_ns() - started) / 1000

    def output():
        return net.get_tensor(net.get_output_details()[0]["index"]).transpose(0, 3, 1, 2)

    return run, output


def made_tflite(layer, kernels, bias, data):
    import flatbuffers
    from ai_edge_litert import schema_py_generated as schema

    def tensor(name, shape, buffer):
        made = schema.TensorT()
        made.name, made.shape, made.buffer, made.type = name, list(shape), buffer, schema.TensorType.FLOAT32
        return made

    def stored(array):
        made = schema.BufferT()
        made.data = np.frombuffer(array.tobytes(), np.uint8)
        return made

    depthwise = layer["group"] > 1
    options = schema.DepthwiseConv2DOptionsT() if depthwise else schema.Conv2DOptionsT()
    # Sizes are such that "same" pads both sides alike.
    options.padding = schema.Padding.SAME if max(layer["pads"]) > 0 else schema.Padding.VALID
    options.strideH, options.strideW = layer["stride"]
    options.dilationHFactor = options.dilationWFactor = 1
    if depthwise:
        options.depthMultiplier = 1
    operator = schema.OperatorT()
    operator.inputs, operator.outputs = [0, 1, 2], [3]
    kind = schema.BuiltinOptions
    operator.builtinOptionsType = kind.DepthwiseConv2DOptions if depthwise else kind.Conv2DOptions
    operator.builtinOptions = options
    code = schema.OperatorCodeT()
    kind = schema.BuiltinOperator
    code.builtinCode = kind.DEPTHWISE_CONV_2D if depthwise else kind.CONV_2D
    code.deprecatedBuiltinCode = code.builtinCode
    code.version = 1
    graph = schema.SubGraphT()
    _, channels, rows, columns = data.shape
    graph.tensors = [
        tensor("given", (1, rows, columns, channels), 0),
        tensor("kernels", kernels.shape, 1),
        tensor("bias", bias.shape, 2),
        tensor("made", (1, *layer["made"], len(bias)), 0),
    ]
    graph.inputs, graph.outputs, graph.operators = [0], [3], [operator]
    model = schema.ModelT()
    model.version, model.operatorCodes, model.subgraphs = 3, [code], [graph]
    model.buffers = [schema.BufferT(), stored(kernels), stored(bias)]
    builder = flatbuffers.Builder(1024)
    builder.Finish(model.Pack(builder), b"TFL3")
    return bytes(builder.Output())


name, folder = sys.argv[1:3]
with open(os.path.join(folder, "layer.json"), encoding="utf-8") as file:
    layer = json.load(file)
arrays = [np.load(os.path.join(folder, f"{each}.npy")) for each in ("weights", "bias", "input")]
run, output = {"openvino": open_openvino, "xnnpack": open_xnnpack}[name](layer, *arrays)
run()
np.save(os.path.join(folder, f"{name}.npy"), np.ascontiguousarray(output()))
for line in sys.stdin:
    print("times " + " ".join(f"{run():.3f}" for _ in range(int(line.split()[1]))), flush=True)
