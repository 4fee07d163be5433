#include <algorithm>

#include "shape_context.h"

namespace twinfer {

namespace {

void innerProduct(ShapeContext& context) {
    const BlobShape& in = context.in();
    const int64_t outputs = context.at(0);
    const int64_t inputs = context.at(2) / outputs;
    // A matrix whose rows fit is multiplied row by row.
    if (in.dims == 2 && in.w == inputs) return context.out(BlobShape::of2(outputs, in.h));
    context.require(in.total() == inputs,
                    std::to_string(inputs) + " input values (weight_data_size " +
                        std::to_string(context.at(2)) + " for " + std::to_string(outputs) + " outputs)",
                    std::to_string(in.total()) + " (" + in.toText() + ")");
    context.out(BlobShape::of1(outputs));
}

struct Matrix {
    int64_t rows;
    int64_t columns;
};

// Gemm takes [rows, 1, columns] for a matrix as well, and does not look at the 1: of more it drops all but
// the first. A vector is a row until it is packed, when Gemm takes its packs for rows and reads beyond it.
Matrix matrixOf(const ShapeContext& context, size_t index) {
    const BlobShape& blob = context.in(index);
    const std::string which = index > 0 ? " as input " + std::to_string(index + 1) : "";
    context.require(blob.dims <= 2 || (blob.dims == 3 && blob.h == 1), "a matrix" + which, blob.toText());
    context.require(blob.dims > 1 || blob.w % 4 != 0, "2 dimensions" + which, blob.toText());
    return {blob.dims == 3 ? blob.c : blob.h, blob.w};
}

Matrix transposed(const Matrix& matrix) {
    return {matrix.columns, matrix.rows};
}

void requireConstantC(const ShapeContext& context, int64_t m, int64_t n) {
    if (context.at(6) != 1) return;
    const int kind = context.at(10);
    const bool byM = kind == 1 || kind == 2 || kind == 3;
    const bool byN = kind == 3 || kind == 4;
    context.require(!byM || context.at(7) == m, std::to_string(context.at(7)) + " rows for the constant C",
                    std::to_string(m));
    context.require(!byN || context.at(8) == n, std::to_string(context.at(8)) + " columns for the constant C",
                    std::to_string(n));
}

void gemm(ShapeContext& context) {
    const bool constantA = context.at(4) == 1, constantB = context.at(5) == 1;
    const Matrix given{context.at(7), context.at(9)};
    const Matrix other{context.at(9), context.at(8)};
    const bool transA = context.at(2) != 0, transB = context.at(3) != 0;
    Matrix a = given;
    Matrix b = other;
    if (!constantA) a = transA ? transposed(matrixOf(context, 0)) : matrixOf(context, 0);
    if (!constantB) {
        const Matrix bottom = matrixOf(context, constantA ? 0 : 1);
        b = transB ? transposed(bottom) : bottom;
    }
    if (a.columns != b.rows) {
        context.mismatch("as many columns of A as rows of B (" + std::to_string(b.rows) + ")",
                         std::to_string(a.columns) +
                             (context.ins() > 0 ? " (" + context.in().toText() + ")" : ""));
    }
    requireConstantC(context, a.rows, b.columns);
    const bool turned = context.at(14) != 0;
    const int64_t w = turned ? a.rows : b.columns;
    const int64_t h = turned ? b.columns : a.rows;
    // It makes room for whole packs alone, and writes every row.
    const int64_t pack = std::max<int64_t>(context.at(12), 1);
    if (h % pack != 0) {
        context.mismatch("a multiple of output_elempack (12=" + std::to_string(pack) + ") rows",
                         std::to_string(h));
    }
    context.out(context.at(11) != 0 ? BlobShape::of3(w, 1, h) : BlobShape::of2(w, h));
}

// The batch axes of a MatMul broadcast; those of the smaller input are 1.
int64_t broadcast(const ShapeContext& context, int64_t a, int64_t b) {
    context.require(a == b || a == 1 || b == 1, "batch axes that agree or are 1",
                    std::to_string(a) + " and " + std::to_string(b));
    return std::max(a, b);
}

void matMul(ShapeContext& context) {
    BlobShape a = context.in(0);
    BlobShape b = context.in(1);
    const bool transB = context.at(0) != 0;
    const bool rowA = a.dims == 1, rowB = b.dims == 1;
    // A vector on the left is a row; on the right it is multiplied with every row, whatever transB.
    const int64_t k = rowB || transB ? b.w : b.h;
    const int64_t n = rowB ? 1 : transB ? b.h : b.w;
    if (a.w != k) context.mismatch("a first input with " + std::to_string(k) + " columns", a.toText());
    if (rowA && rowB) return context.out(BlobShape::of1(1));
    const int64_t m = rowA ? 1 : a.h;
    if (rowA || rowB) {
        const BlobShape& big = rowA ? b : a;
        const int64_t length = rowA ? n : m;
        if (big.dims == 2) return context.out(BlobShape::of1(length));
        if (big.dims == 3) return context.out(BlobShape::of2(length, big.c));
        return context.out(BlobShape::of3(length, big.d, big.c));
    }
    const int dims = std::max(a.dims, b.dims);
    if (dims == 2) return context.out(BlobShape::of2(n, m));
    if (dims == 3) return context.out(BlobShape::of3(n, m, broadcast(context, a.c, b.c)));
    // With four dimensions, the channels of a three-dimensional one are its depth.
    if (a.dims == 3) std::swap(a.d, a.c);
    if (b.dims == 3) std::swap(b.d, b.c);
    const int64_t d = broadcast(context, a.d, b.d);
    context.out(BlobShape::of4(n, m, d, broadcast(context, a.c, b.c)));
}

void memoryData(ShapeContext& context) {
    const int64_t w = context.at(0), h = context.at(1), d = context.at(11), c = context.at(2);
    if (d != 0) return context.out(BlobShape::of4(w, h, d, c));
    if (c != 0) return context.out(BlobShape::of3(w, h, c));
    if (h != 0) return context.out(BlobShape::of2(w, h));
    context.out(BlobShape::of1(w != 0 ? w : 1));
}

} // namespace

std::vector<ShapeRule> matrixRules() {
    return {{"InnerProduct", innerProduct}, {"Gemm", gemm}, {"MatMul", matMul}, {"MemoryData", memoryData}};
}

} // namespace twinfer
