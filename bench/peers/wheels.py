# python wheels.py ncnn|mnn|openvino MODEL INPUT.npy THREADS: the engines' own Python wheels, and OpenVINO (whose
# convolutions are oneDNN's), behind the protocol of nodePeer.mjs, in fp32, with the input set and the output copied in
# every run. Of MNN only the interpreter is imported.
import sys
import time

import numpy as np


def open_ncnn(model, data, threads):
    import ncnn

    net = ncnn.Net()
    net.opt.num_threads = threads
    net.opt.use_fp16_packed = net.opt.use_fp16_storage = net.opt.use_fp16_arithmetic = False
    net.load_param(model)
    net.load_model(model[: -len(".param")] + ".bin")
    item = np.ascontiguousarray(data[0])
    name_in, name_out = net.input_names()[0], net.output_names()[0]

    def run():
        extractor = net.create_extractor()
        extractor.input(name_in, ncnn.Mat(item).clone())
        return np.array(extractor.extract(name_out)[1])

    return run


def open_mnn(model, data, threads):
    import MNN

    net = MNN.Interpreter(model)
    session = net.createSession({"numThread": threads, "precision": "high"})
    entry, result = net.getSessionInput(session), net.getSessionOutput(session)
    shape = entry.getShape()
    host = MNN.Tensor(result.getShape(), MNN.Halide_Type_Float, np.zeros(result.getShape(), np.float32), MNN.Tensor_DimensionType_Caffe)

    def run():
        given = MNN.Tensor(shape, MNN.Halide_Type_Float, data, MNN.Tensor_DimensionType_Caffe)
        entry.copyFrom(given)
        net.runSession(session)
        result.copyToHostTensor(host)
        return host.getNumpyData()

    return run


def open_openvino(model, data, threads):
    import openvino

    # One request at a time, on these threads, which nothing pins: the other peers' are not pinned either.
    settings = {
        "INFERENCE_NUM_THREADS": threads,
        "NUM_STREAMS": 1,
        "INFERENCE_PRECISION_HINT": "f32",
        "ENABLE_CPU_PINNING": False,
    }
    compiled = openvino.Core().compile_model(model, "CPU", settings)
    request = compiled.create_infer_request()

    def run():
        return np.array(request.infer({0: data}, share_inputs=False, share_outputs=True)[0])

    return run


engine, model, file, threads = sys.argv[1:5]
data = np.ascontiguousarray(np.load(file).astype(np.float32))
run = {"ncnn": open_ncnn, "mnn": open_mnn, "openvino": open_openvino}[engine](model, data, int(threads))
# What the engines print must not mix with the answers: these go to the first line that starts with a marker.
for line in sys.stdin:
    times = []
    for _ in range(int(line.split()[1])):
        started = time.perf_counter_ns()
        run()
        times.append((time.perf_counter_ns() - started) / 1000)
    print("times " + " ".join(f"{each:.3f}" for each in times), flush=True)
