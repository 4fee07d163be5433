#pragma once

#include <string>
#include <vector>

#include "session_handle.h"

namespace twinfer::mnn {

// One executed command. MNN cuts operators into several, "<name>_raster_0" among them, and fuses others.
struct TracedOperator {
    std::string name;
    std::string type;
    float flops;                       // millions
    std::vector<OutputTensor> outputs; // empty unless asked for
};

struct TraceRequest {
    bool values = false;            // copy every output, unpacked, while MNN still holds it
    std::vector<std::string> names; // only these; empty: all
    std::string stopAfter;          // an operator to stop at; "": run to the end
};

// runSessionWithCallBackInfo, collected here: JavaScript cannot be called under the Interpreter's lock.
// Throws TWINFER_INVALID_STATE in Session_Release mode, where MNN calls nothing back.
std::vector<TracedOperator> runTraced(SessionHandle& session, const TraceRequest& request);

} // namespace twinfer::mnn
