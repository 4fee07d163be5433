#include "input_dimensions.h"

#include <algorithm>
#include <set>
#include <tuple>

#include "../error.h"
#include "../format/ncnn/reading_difference.h"
#include "../format/ncnn/shape_check.h"

namespace twinfer {

namespace {

// Beyond as many inputs only readings that take all of them alike, or one otherwise, are tried.
constexpr size_t kMostFree = 6;

// One input taken one way.
struct Candidate {
    bool batched;
    Shape dimensions;
    bool declared; // has the declared rank, or none is
};

bool fitsMat(const Shape& shape) {
    return !shape.empty() && shape.size() <= 4 &&
           std::all_of(shape.begin(), shape.end(), [](int size) { return size > 0; });
}

// The best one first.
std::vector<Candidate> candidatesFor(const InputSpec& spec, const Shape& shape) {
    std::vector<Candidate> candidates;
    const size_t rank = shape.size();
    const auto add = [&](bool batched, Shape dimensions) {
        if (!fitsMat(dimensions)) return;
        const bool declared = spec.rank == 0 || spec.rank == dimensions.size();
        candidates.push_back({batched, std::move(dimensions), declared});
    };
    const auto addItem = [&] {
        if (rank > 1 && shape[0] > 0) add(true, Shape(shape.begin() + 1, shape.end()));
    };
    if (rank > 3) addItem();
    add(false, shape);
    if (rank <= 3) addItem();
    // Without its leading 1, where one is declared or a layer takes no vectors.
    if (rank == 1 || spec.rank == rank + 1) {
        Shape lifted = shape;
        lifted.insert(lifted.begin(), 1);
        add(false, std::move(lifted));
    }
    std::stable_sort(candidates.begin(), candidates.end(),
                     [](const Candidate& a, const Candidate& b) { return a.declared > b.declared; });
    return candidates;
}

struct Attempt {
    std::vector<size_t> choice; // by input, into its candidates
    int items = 1;
    bool declared = true;
    int unusual = 0; // inputs
    Inference inference;
};

class Reader {
  public:
    Reader(const Network& network, const std::vector<InputSpec>& specs, const std::vector<InputView>& inputs)
        : network_(network), specs_(specs), inputs_(inputs) {
        for (size_t i = 0; i < specs.size(); i++) {
            candidates_.push_back(candidatesFor(specs[i], inputs[i].shape));
            if (!candidates_.back().empty()) continue;
            throw Error("TWINFER_SHAPE_MISMATCH",
                        "input '" + specs[i].tensor.name +
                            "': expected 1 to 4 dimensions of at least 1 and perhaps a "
                            "batch before them, received " +
                            toString(inputs[i].shape));
        }
    }

    InputReading read() {
        const std::vector<Attempt> attempts = tryAll();
        const Attempt* best = nullptr;
        for (const Attempt& attempt : attempts) {
            if (!attempt.inference.failures.empty()) continue;
            if (best == nullptr || rankOf(attempt) < rankOf(*best)) best = &attempt;
        }
        if (best == nullptr) throwFurthest(attempts);
        InputReading reading;
        reading.items = best->items;
        for (size_t i = 0; i < specs_.size(); i++) {
            const Candidate& taken = candidateOf(*best, i);
            reading.dimensions.push_back(taken.dimensions);
            // A leading 1 is the same part for every item.
            reading.batched.push_back(taken.batched && best->items > 1 && inputs_[i].shape[0] > 1);
            noteSize(i, taken.dimensions, reading.notes);
        }
        // Attempts that take fewer inputs otherwise come first.
        for (const Attempt& attempt : attempts) noteOther(*best, attempt, reading.notes);
        noteBatch(reading);
        return reading;
    }

  private:
    const Candidate& candidateOf(const Attempt& attempt, size_t input) const {
        return candidates_[input][attempt.choice[input]];
    }

    static std::tuple<bool, int, int> rankOf(const Attempt& attempt) {
        return {!attempt.declared, attempt.inference.doubts, attempt.unusual};
    }

    // Up to three dimensions are one item's, more are a batch's; beside a batch, rows are its items as well.
    bool isUsual(const Attempt& attempt, size_t input) const {
        const Shape& shape = inputs_[input].shape;
        const Candidate& taken = candidateOf(attempt, input);
        if (taken.dimensions.size() > shape.size()) return false;
        const int batch = batchOf(attempt);
        const bool besideBatch = batch > 1 && shape.size() > 1 && (shape[0] == batch || shape[0] == 1);
        return taken.batched == (shape.size() > 3 || besideBatch);
    }

    // Of the inputs that are batches by their rank; 1 where none is.
    int batchOf(const Attempt& attempt) const {
        for (size_t i = 0; i < specs_.size(); i++) {
            const Shape& shape = inputs_[i].shape;
            if (shape.size() > 3 && candidateOf(attempt, i).batched && shape[0] > 1) return shape[0];
        }
        return 1;
    }

    std::vector<std::vector<size_t>> choices() const {
        std::vector<std::vector<size_t>> all{std::vector<size_t>(specs_.size(), 0)};
        for (size_t i = 0; i < specs_.size(); i++) {
            // All ways while there are few inputs; then the usual way with one exception.
            const size_t now = specs_.size() <= kMostFree ? all.size() : 1;
            for (size_t way = 1; way < candidates_[i].size(); way++) {
                for (size_t k = 0; k < now; k++) {
                    std::vector<size_t> other = all[k];
                    other[i] = way;
                    all.push_back(std::move(other));
                }
            }
        }
        if (specs_.size() > kMostFree) {
            std::vector<size_t> others;
            for (const auto& candidates : candidates_) others.push_back(candidates.size() - 1);
            all.push_back(std::move(others));
        }
        return all;
    }

    std::vector<Attempt> tryAll() {
        std::vector<Attempt> attempts;
        for (std::vector<size_t>& choice : choices()) {
            Attempt attempt;
            attempt.choice = std::move(choice);
            std::map<int, BlobShape> given;
            bool agree = true;
            for (size_t i = 0; i < specs_.size(); i++) {
                const Candidate& taken = candidateOf(attempt, i);
                attempt.declared = attempt.declared && taken.declared;
                attempt.unusual += isUsual(attempt, i) ? 0 : 1;
                given[network_.inputBlobs()[i]] = BlobShape::from(taken.dimensions);
                if (!taken.batched || inputs_[i].shape[0] == 1) continue;
                agree = agree && (attempt.items == 1 || attempt.items == inputs_[i].shape[0]);
                attempt.items = inputs_[i].shape[0];
            }
            if (!agree) {
                otherBatches_ = true;
                continue;
            }
            attempt.inference = inferShapes(network_.param(), given);
            attempts.push_back(std::move(attempt));
        }
        if (attempts.empty()) {
            throw Error("TWINFER_SHAPE_MISMATCH", "expected inputs with one batch size, received several");
        }
        return attempts;
    }

    // How far an attempt came: a layer that complains of a number of dimensions did not look at the sizes
    // yet.
    static std::pair<int, bool> reached(const Attempt& attempt) {
        const int layer = attempt.inference.failures.begin()->first;
        return {layer, attempt.inference.ofRank.count(layer) == 0};
    }

    [[noreturn]] void throwFurthest(const std::vector<Attempt>& attempts) const {
        const Attempt* furthest = &attempts.front();
        for (const Attempt& attempt : attempts) {
            const auto now = reached(attempt), most = reached(*furthest);
            if (now > most || (now == most && rankOf(attempt) < rankOf(*furthest))) furthest = &attempt;
        }
        const Error& error = furthest->inference.failures.begin()->second;
        if (!otherBatches_) throw error;
        std::string leading;
        for (const InputView& input : inputs_)
            leading += (leading.empty() ? "" : ", ") + toString(input.shape);
        throw Error(error.code(), error.what(),
                    "The inputs " + leading + " do not agree in their leading sizes either: a batch is the " +
                        "same for all inputs. " + error.help());
    }

    // Says that an attempt is as possible as the one that is taken and gives another result.
    void noteOther(const Attempt& taken, const Attempt& other, std::vector<std::string>& notes) {
        if (!other.inference.failures.empty()) return;
        std::vector<size_t> differing;
        for (size_t i = 0; i < specs_.size(); i++) {
            if (taken.choice[i] == other.choice[i]) continue;
            const bool isDeclared =
                specs_[i].rank != 0 && specs_[i].rank == candidateOf(taken, i).dimensions.size();
            // Rows that a layer takes one by one are no batch for it.
            const bool unlikely = inputs_[i].shape[0] > 1 && other.inference.doubts > taken.inference.doubts;
            if (isDeclared || unlikely) return;
            differing.push_back(i);
        }
        const auto isNew = [&](size_t input) { return noted_.count(input) == 0; };
        if (std::none_of(differing.begin(), differing.end(), isNew)) return;
        if (sameResults(network_.param(), {taken.inference, taken.items}, {other.inference, other.items}))
            return;
        for (const size_t input : differing) {
            if (noted_.insert(input).second) notes.push_back(noteOf(taken, other, input));
        }
    }

    std::string noteOf(const Attempt& taken, const Attempt& other, size_t input) const {
        const std::string& name = specs_[input].tensor.name;
        const std::string sizes = toString(candidateOf(other, input).dimensions);
        return "input '" + name + "': read as " + describe(taken, input) + "; the network takes it as " +
               describe(other, input) + " as well, with another result: inputShapes (--input-shape " + name +
               "=" + sizes.substr(1, sizes.size() - 2) + ") decides";
    }

    std::string describe(const Attempt& attempt, size_t input) const {
        const Candidate& taken = candidateOf(attempt, input);
        const int items = inputs_[input].shape[0];
        const std::string dimensions = toString(taken.dimensions);
        return taken.batched && items > 1 ? std::to_string(items) + " items of " + dimensions : dimensions;
    }

    void noteSize(size_t input, const Shape& dimensions, std::vector<std::string>& notes) const {
        const InputSpec& spec = specs_[input];
        if (spec.declared || !spec.tensor.shapeKnown || matches(spec.tensor.shape, dimensions)) return;
        notes.push_back("input '" + spec.tensor.name + "': " + toString(dimensions) + " in place of the " +
                        toString(spec.tensor.shape) + " that the file notes, which ncnn does not read");
    }

    static void noteBatch(InputReading& reading) {
        if (reading.items == 1) return;
        reading.notes.push_back("the batch of " + std::to_string(reading.items) +
                                " ran item by item, each as a run of its own");
    }

    const Network& network_;
    const std::vector<InputSpec>& specs_;
    const std::vector<InputView>& inputs_;
    std::vector<std::vector<Candidate>> candidates_;
    bool otherBatches_ = false; // some readings would have batches of several sizes
    std::set<size_t> noted_;    // inputs
};

} // namespace

InputReading readInputs(const Network& network, const std::vector<InputSpec>& specs,
                        const std::vector<InputView>& inputs) {
    for (size_t i = 0; i < specs.size(); i++) checkDeclared(specs[i], inputs[i].shape);
    return Reader(network, specs, inputs).read();
}

} // namespace twinfer
