// What a .npy file holds, byte for byte.
struct Array {
    std::string type; // f4, i4, i1, u1
    std::vector<int> shape;
    std::vector<char> bytes;

    size_t count() const { return bytes.size() / size_t(type[1] - '0'); }
    double at(size_t index) const {
        if (type == "i1") return int8_t(bytes[index]);
        if (type == "u1") return uint8_t(bytes[index]);
        float real;
        int32_t integer;
        std::memcpy(type == "i4" ? static_cast<void*>(&integer) : &real, bytes.data() + 4 * index, 4);
        return type == "i4" ? integer : real;
    }
};

static Array readNpy(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    const std::string content((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
    if (content.size() < 10 || content.compare(1, 5, "NUMPY") != 0) {
        std::cerr << "cannot read " << path << "\n";
        std::exit(2);
    }
    const size_t length = uint8_t(content[8]) + 256u * uint8_t(content[9]);
    const std::string header = content.substr(10, length);
    Array array;
    array.type = header.substr(header.find('\'', header.find(':')) + 2, 2);
    const char* at = header.c_str() + header.find('(') + 1;
    for (char* end; std::strtol(at, &end, 10), end != at; at = *end == ',' ? end + 1 : end)
        array.shape.push_back(int(std::strtol(at, nullptr, 10)));
    array.bytes.assign(content.begin() + 10 + long(length), content.end());
    return array;
}

// Whether there is as much as expected; how far it is off is said.
template <typename Name>
static bool compare(const Name& name, const Array& expected, const Array& computed) {
    if (computed.bytes.size() != expected.bytes.size()) {
        std::cerr << name << ": expected " << expected.count() << " values, received " << computed.count() << "\n";
        return false;
    }
    double signal = 0, noise = 0, largest = 0;
    for (size_t i = 0; i < expected.count(); i++) {
        const double difference = computed.at(i) - expected.at(i);
        signal += expected.at(i) * expected.at(i);
        noise += difference * difference;
        largest = std::fmax(largest, std::fabs(difference));
    }
    std::cout << name << ": ";
    if (noise == 0)
        std::cout << "identical\n";
    else
        std::cout << "max abs " << largest << ", SQNR " << 10 * std::log10(signal / noise) << " dB\n";
    return true;
}
