#include "session_request.h"

namespace twinfer::mnn {

MNN::ScheduleConfig SessionRequest::schedule() {
    MNN::ScheduleConfig schedule = config.schedule();
    schedule.saveTensors = saveTensors;
    schedule.path.inputs = pathInputs;
    schedule.path.outputs = pathOutputs;
    schedule.path.mode = pathByTensor ? MNN::ScheduleConfig::Path::Tensor : MNN::ScheduleConfig::Path::Op;
    return schedule;
}

} // namespace twinfer::mnn
