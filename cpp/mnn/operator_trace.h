#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "session_handle.h"

namespace twinfer::mnn {

// One executed command. MNN cuts operators into several, "<name>_raster_0" among them, and fuses others.
struct TracedOperator {
    std::string name;
    std::string type;
    float flops;                       // millions
    double ms;                         // that it took; 0 in a dry run
    std::vector<Shape> shapes;         // of its outputs
    std::vector<OutputTensor> outputs; // empty unless asked for
};

// What to put into a command's output once it has run, so that later operators work on it instead.
struct Replacement {
    size_t command; // position in the order of execution
    size_t output;
    InputView value; // float32, in the output's shape and outside layout
};

struct TraceRequest {
    bool values = false;            // copy every output, unpacked, while MNN still holds it
    bool dry = false;               // call back for every command and run none
    std::vector<std::string> names; // only these; empty: all
    size_t first = 0;               // only commands from this one on, in the order of execution …
    size_t end = SIZE_MAX;          // … and before this one, where the run ends
    std::string stopAfter;          // an operator to stop at; "": run to the end
    std::vector<Replacement> replacements;
};

// runSessionWithCallBackInfo, collected here: JavaScript cannot be called under the Interpreter's lock.
// Throws TWINFER_INVALID_STATE in Session_Release mode, where MNN calls nothing back, and
// TWINFER_SHAPE_MISMATCH, TWINFER_DTYPE_MISMATCH or TWINFER_LENGTH_MISMATCH for a replacement that does not
// fit: MNN would copy it all the same (H7).
std::vector<TracedOperator> runTraced(SessionHandle& session, const TraceRequest& request);

// Milliseconds of each executed command, in their order, with as little between them as a run has.
// Throws TWINFER_INVALID_STATE in Session_Release mode.
std::vector<double> timeOperators(SessionHandle& session);

} // namespace twinfer::mnn
