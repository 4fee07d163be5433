#pragma once

#include "../findings.h"
#include "graph.h"

namespace twinfer::mnn {

// Indices in range, no tensor made twice, none used before it is made. False where there are no operators.
bool verifyGraph(const Graph& graph, Findings& findings);

} // namespace twinfer::mnn
