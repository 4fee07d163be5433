#include "expression.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>

#include "../../error.h"

namespace twinfer {

namespace {

constexpr const char* kBinary[] = {"+",   "-",     "*",      "/",         "//",        "max",
                                   "min", "atan2", "fmod",   "logaddexp", "remainder", "pow",
                                   "or",  "and",   "lshift", "rshift",    "xor"};
constexpr const char* kUnary[] = {"abs",   "acos",       "acosh",  "asin", "asinh", "atan",  "atanh",
                                  "ceil",  "cos",        "cosh",   "erf",  "exp",   "floor", "log",
                                  "log10", "neg",        "sign",   "sin",  "sinh",  "sqrt",  "round",
                                  "rsqrt", "reciprocal", "square", "tan",  "tanh",  "trunc"};

struct Value {
    bool real;
    double value;
};

std::vector<std::string> split(const std::string& text) {
    std::vector<std::string> words(1);
    for (const char c : text) {
        if (c == '(' || c == ')' || c == ',') {
            if (!words.back().empty()) words.emplace_back();
        } else {
            words.back() += c;
        }
    }
    if (words.back().empty()) words.pop_back();
    return words;
}

bool isSize(const std::string& word) {
    return word.size() == 2 && word[0] >= '0' && word[0] <= '9' &&
           std::string("whdcn").find(word[1]) != std::string::npos;
}

template <size_t N> bool isOneOf(const std::string& word, const char* const (&words)[N]) {
    return std::any_of(std::begin(words), std::end(words), [&](const char* known) { return word == known; });
}

std::optional<Value> literal(const std::string& word) {
    const bool number = word.find_first_not_of("0123456789+-.eE") == std::string::npos;
    if (!number || word.find_first_of("0123456789") == std::string::npos) return std::nullopt;
    const double value = std::strtod(word.c_str(), nullptr);
    return Value{value != std::floor(value), value};
}

std::optional<Value> sizeOf(const std::string& word, const std::vector<BlobShape>& blobs) {
    const size_t index = static_cast<size_t>(word[0] - '0');
    if (index >= blobs.size() || !blobs[index].known()) return std::nullopt;
    const BlobShape& blob = blobs[index];
    // A known shape has a batch of 1: Reshape alone makes another, and its shape is left unknown then.
    if (word[1] == 'n') return Value{false, 1};
    const int64_t size = word[1] == 'w' ? blob.w : word[1] == 'h' ? blob.h : word[1] == 'd' ? blob.d : blob.c;
    return Value{false, static_cast<double>(size)};
}

std::optional<Value> binary(const std::string& word, Value a, Value b) {
    const bool real = a.real || b.real;
    if (word == "+") return Value{real, a.value + b.value};
    if (word == "-") return Value{real, a.value - b.value};
    if (word == "*") return Value{real, a.value * b.value};
    if (word == "max") return Value{real, std::max(a.value, b.value)};
    if (word == "min") return Value{real, std::min(a.value, b.value)};
    if (word == "//" && !real) {
        if (b.value == 0) throw Error("TWINFER_MODEL_INVALID", "a size expression divides by zero");
        const double quotient = a.value / b.value;
        // The two conventions for negative numbers differ; sizes have none.
        return a.value < 0 || b.value < 0 ? std::nullopt
                                          : std::optional<Value>({false, std::floor(quotient)});
    }
    if (word == "/" && b.value != 0) return Value{true, float(a.value) / float(b.value)};
    return std::nullopt;
}

std::optional<Value> unary(const std::string& word, Value a) {
    if (word == "neg") return Value{a.real, -a.value};
    if (word == "abs") return Value{a.real, std::fabs(a.value)};
    if (word == "square") return Value{a.real, a.value * a.value};
    if (word == "floor") return Value{false, std::floor(a.value)};
    if (word == "ceil") return Value{false, std::ceil(a.value)};
    if (word == "trunc") return Value{false, std::trunc(a.value)};
    if (word == "round") return Value{false, std::round(a.value)};
    return std::nullopt;
}

} // namespace

int blobsInExpression(const std::string& text) {
    int most = 0;
    for (const std::string& word : split(text)) {
        if (isSize(word)) most = std::max(most, word[0] - '0' + 1);
    }
    return most;
}

std::string problemOfExpression(const std::string& text) {
    const std::vector<std::string> words = split(text);
    int depth = 0;
    for (auto word = words.rbegin(); word != words.rend(); ++word) {
        const int operands = isOneOf(*word, kBinary) ? 2 : isOneOf(*word, kUnary) ? 1 : 0;
        if (operands == 0 && !isSize(*word) && !literal(*word)) return "'" + *word + "'";
        if (depth < operands) return "'" + *word + "' with " + std::to_string(depth) + " operands";
        depth += 1 - operands;
    }
    return depth == 0 ? "no value" : "";
}

std::optional<std::vector<int>> evaluateExpression(const std::string& text,
                                                   const std::vector<BlobShape>& blobs) {
    const std::vector<std::string> words = split(text);
    std::vector<Value> stack;
    for (auto word = words.rbegin(); word != words.rend(); ++word) {
        const size_t operands = isOneOf(*word, kBinary) ? 2 : isOneOf(*word, kUnary) ? 1 : 0;
        if (stack.size() < operands) return std::nullopt;
        std::optional<Value> result;
        if (operands == 0) {
            result = isSize(*word) ? sizeOf(*word, blobs) : literal(*word);
        } else {
            const Value first = stack.back();
            result = operands == 1 ? unary(*word, first) : binary(*word, first, stack[stack.size() - 2]);
            stack.resize(stack.size() - operands);
        }
        if (!result || std::fabs(result->value) > 2147483647.0) return std::nullopt;
        stack.push_back(*result);
    }
    std::vector<int> values;
    for (auto value = stack.rbegin(); value != stack.rend(); ++value)
        values.push_back(static_cast<int>(value->value));
    return values;
}

} // namespace twinfer
