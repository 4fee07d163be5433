#include "register_ncnn.h"

#include "../addon.h"
#include "../param_edits.h"
#include "../pieces.h"
#include "extractor_wrap.h"
#include "machine_values.h"
#include "mat_wrap.h"
#include "net_wrap.h"

namespace twinfer {

Napi::Object createNcnn(Napi::Env env, Addon& addon) {
    Napi::Object ncnn = Napi::Object::New(env);
    ncnn["Net"] = NetWrap::define(env);
    ncnn["Mat"] = MatWrap::define(env, addon.ncnnMat);
    ExtractorWrap::define(env, addon.ncnnExtractor);
    ncnn["cpu"] = Napi::Function::New<cpuValues>(env, "cpu");
    ncnn["cut"] = Napi::Function::New<cutNcnn>(env, "cut");
    ncnn["gpus"] = Napi::Function::New<gpuValues>(env, "gpus");
    ncnn["maskLayers"] = Napi::Function::New<maskNcnnLayers>(env, "maskLayers");
    ncnn["mendParam"] = Napi::Function::New<mendNcnnParam>(env, "mendParam");
    return ncnn;
}

} // namespace twinfer
