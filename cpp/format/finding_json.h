#pragma once

#include "findings.h"
#include "json_writer.h"

namespace twinfer {

// As an object of `all` findings and of how many `more` there were of each code and severity.
void writeFindings(JsonWriter& json, const CollectedFindings& findings);

} // namespace twinfer
