#pragma once

#include "../log/log.h"
#include "../open_model.h"
#include "message.h"

namespace twinfer {

// What the host asks of the process that runs the engine, and what that answers: the first byte of a message.
enum class Question : uint8_t { open, run };
enum class Answer : uint8_t { done, failed };

void write(MessageWriter& to, const ModelRequest& model);
ModelRequest readModel(MessageReader& from);

void write(MessageWriter& to, const std::vector<TensorSpec>& specs);
std::vector<TensorSpec> readSpecs(MessageReader& from);

void write(MessageWriter& to, const std::vector<std::string>& names);
std::vector<std::string> readNames(MessageReader& from);

void write(MessageWriter& to, const Effective& effective);
Effective readEffective(MessageReader& from);

// Without the destinations, which are the host's. What is read points into the message.
void write(MessageWriter& to, const RunRequest& request);
RunRequest readRequest(MessageReader& from);

void write(MessageWriter& to, const RunResult& result);
// Copies the outputs out of the message: into the destinations where the request has some.
RunResult readResult(MessageReader& from, const std::vector<Destination>& destinations);

void write(MessageWriter& to, const std::vector<LogLine>& lines);
// Hands the lines on as if the engine had printed them here.
void replayLog(MessageReader& from);

} // namespace twinfer
