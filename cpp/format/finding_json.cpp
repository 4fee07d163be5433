#include "finding_json.h"

namespace twinfer {

namespace {

const char* nameOf(Severity severity) {
    static constexpr const char* kNames[] = {"error", "warning", "info"};
    return kNames[static_cast<int>(severity)];
}

void writeFinding(JsonWriter& json, const Finding& finding) {
    json.beginObject();
    json.key("code").string(finding.code).key("severity").string(nameOf(finding.severity));
    json.key("message").string(finding.message).key("help").string(finding.help);
    json.key("layer");
    finding.layer.empty() ? json.null() : json.string(finding.layer);
    json.key("line");
    finding.line > 0 ? json.integer(finding.line) : json.null();
    json.key("offset");
    finding.offset >= 0 ? json.integer(finding.offset) : json.null();
    json.endObject();
}

} // namespace

void writeFindings(JsonWriter& json, const CollectedFindings& findings) {
    json.beginObject().key("all").beginArray();
    for (const Finding& finding : findings.all()) writeFinding(json, finding);
    json.endArray().key("more").beginArray();
    for (const auto& [kind, count] : findings.counts()) {
        if (count <= CollectedFindings::kMostOfOne) continue;
        json.beginObject().key("code").string(kind.first).key("severity").string(nameOf(kind.second));
        json.key("count").integer(count - CollectedFindings::kMostOfOne).endObject();
    }
    json.endArray().endObject();
}

} // namespace twinfer
