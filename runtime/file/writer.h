#pragma once

#include <deque>
#include <initializer_list>
#include <string>

#include <nlohmann/json.hpp>

#include "graph/safetensors.h"
#include "runtime/file/bits.h"
#include "runtime/file/fields.h"
#include "runtime/file/kinds.h"
#include "runtime/step.h"

namespace zsq::runtime {

/// The tensors of a file being written. Those that exist nowhere else in memory are kept here.
struct TensorSink {
  SafeTensors content;
  std::deque<std::string> kept;

  template <class T>
  void add(const std::string& name, std::span<const T> values, std::vector<std::int64_t> dims) {
    kept.emplace_back(bytes_of(values));
    content.tensors[name] = {dtype_of<T>(), std::move(dims), kept.back()};
  }
};

/// Walks the fields of one part and makes its JSON object; its tensors go to the sink, named by their place.
class Writer {
 public:
  Writer(TensorSink& sink, std::string place) : sink_(sink), place_(std::move(place)) {}

  template <class T>
  void operator()(const char* name, const T& value) {
    if constexpr (kIsTensor<T>) {
      sink_.add(place_ + name, std::span(value.data(), value.size()), {std::ssize(value)});
    } else if constexpr (kIsColumns<T>) {
      columns(place_ + name + '.', value);
    } else if constexpr (kIsOptional<T>) {
      if (value) (*this)(name, *value);
    } else {
      object_[name] = written(place_ + name + '.', value);
    }
  }

  template <class Enum>
  void choice(const char* name, const Enum& value, std::initializer_list<const char*> names) {
    object_[name] = std::data(names)[static_cast<std::size_t>(value)];
  }

  /// Eight-bit weights are a tensor that any reader of safetensors understands, narrower ones a stream of
  /// bits.
  void weights(const char* name, const Kernel& kernel) {
    const Size2 size = kernel.window.kernel;
    if (kernel.bits == 8) {
      sink_.add(place_ + name, std::span(kernel.weight),
                {kernel.outputs, size.h, size.w, kernel.inputs_per_group});
    } else {
      const auto packed = pack(kernel.weight, kernel.bits);
      sink_.add(place_ + name, std::span(packed), {std::ssize(packed)});
    }
  }

  nlohmann::json take() { return std::move(object_); }

 private:
  template <class T>
  nlohmann::json written(const std::string& place, const T& value) {
    if constexpr (kIsInteger<T>) {
      return static_cast<std::int64_t>(value);
    } else if constexpr (std::is_same_v<T, double> || std::is_same_v<T, std::string>) {
      return value;
    } else if constexpr (std::is_same_v<T, Step>) {
      nlohmann::json step = std::visit([&](const auto& s) { return written(place, s); }, value);
      step["op"] = kind(value);
      return step;
    } else if constexpr (kIsVector<T>) {
      auto list = nlohmann::json::array();
      for (const auto& item : value) list.push_back(written(place + std::to_string(list.size()) + '.', item));
      return list;
    } else {
      Writer part(sink_, place);
      fields(part, value);
      return part.take();
    }
  }

  void columns(const std::string& place, const std::vector<Rescale>& rescale) {
    std::vector<std::int16_t> multiplier;
    std::vector<std::uint8_t> first, second;
    for (const Rescale& r : rescale) {
      multiplier.push_back(r.multiplier);
      first.push_back(r.first_shift);
      second.push_back(r.second_shift);
    }
    Writer part(sink_, place);
    part("multiplier", multiplier);
    part("first_shift", first);
    part("second_shift", second);
  }

  TensorSink& sink_;
  std::string place_;  // "steps.4.kernel."
  nlohmann::json object_ = nlohmann::json::object();
};

}  // namespace zsq::runtime
