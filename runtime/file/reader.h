#pragma once

#include <algorithm>
#include <initializer_list>
#include <limits>
#include <set>
#include <string>

#include <nlohmann/json.hpp>

#include "graph/safetensors.h"
#include "runtime/file/bits.h"
#include "runtime/file/fields.h"
#include "runtime/file/kinds.h"
#include "runtime/step.h"

namespace zsq::runtime {

/// The tensors of a file being read.
struct TensorSource {
  const SafeTensors& content;
  const std::string& who;  // the file, for messages
  std::set<std::string, std::less<>> used = {};

  void need(bool ok, const auto&... parts) const {
    check(ok, Fault::model, who, " is not a sound plan file: ", parts...);
  }

  /// The tensor of that name as it was written: of that type and these extents, or of one extent if none are
  /// given.
  template <class T>
  std::vector<T> take(const std::string& name, const std::vector<std::int64_t>& dims = {}) {
    const SafeTensor& tensor = content.at(name, who);
    used.insert(name);
    need(tensor.dtype == dtype_of<T>(), "tensor '", name, "' is of type ", name_of(tensor.dtype), ", needs ",
         name_of(dtype_of<T>()));
    need(dims.empty() ? tensor.dims.size() == 1 : tensor.dims == dims, "tensor '", name,
         "' has the wrong extents");
    return values_of<T>(tensor);
  }
};

/// Walks the fields of one part and reads them from its JSON object and the tensors named by its place.
/// Whatever is missing, of another type, out of its type's range or unknown is an Error (Fault::model).
class Reader {
 public:
  Reader(TensorSource& source, const nlohmann::json& object, std::string place)
      : source_(source), object_(object), place_(std::move(place)) {
    source_.need(object.is_object(), "'", place_, "' is not an object");
  }

  template <class T>
  void operator()(const char* name, T& value) {
    if constexpr (kIsTensor<T>) {
      tensor(place_ + name, value);
    } else if constexpr (kIsColumns<T>) {
      columns(place_ + name + '.', value);
    } else if constexpr (kIsOptional<T>) {
      if (object_.contains(name)) (*this)(name, value.emplace(typename T::value_type{}));
    } else {
      read(place_ + name, at(name), value);
    }
  }

  template <class Enum>
  void choice(const char* name, Enum& value, std::initializer_list<const char*> names) {
    const auto found = std::find(names.begin(), names.end(), text(place_ + name, at(name)));
    source_.need(found != names.end(), "'", place_, name, "' is none of its choices");
    value = static_cast<Enum>(found - names.begin());
  }

  void weights(const char* name, Kernel& kernel) {
    const Size2 size = kernel.window.kernel;
    const std::vector<std::int64_t> extents{kernel.outputs, size.h, size.w, kernel.inputs_per_group};
    if (kernel.bits == 8) {
      kernel.weight = source_.take<std::int8_t>(place_ + name, extents);
      return;
    }
    source_.need(1 <= kernel.bits && kernel.bits < 8, "'", place_, "bits' is ", kernel.bits);
    const auto packed = source_.take<std::uint8_t>(place_ + name);
    const std::size_t most = packed.size() * 8;  // of no width are there more values than bits
    std::size_t count = 1;
    for (const std::int64_t extent : extents) {
      source_.need(0 < extent && count <= most / static_cast<std::size_t>(extent), "'", place_, name,
                   "' holds fewer weights than its extents say");
      count *= static_cast<std::size_t>(extent);
    }
    source_.need(packed.size() == packed_bytes(count, kernel.bits), "'", place_, name, "' has ",
                 packed.size(), " bytes, which ", count, " weights of ", kernel.bits, " bits do not fill");
    kernel.weight = unpack(packed, count, kernel.bits);
  }

  /// Every key of the object has been asked for.
  void finish(std::size_t besides = 0) const {
    source_.need(object_.size() == read_ + besides, "'", place_,
                 "' has a key that this version does not know");
  }

 private:
  const nlohmann::json& at(const char* name) {
    const auto found = object_.find(name);
    source_.need(found != object_.end(), "'", place_, name, "' is missing");
    ++read_;
    return *found;
  }

  std::string text(const std::string& place, const nlohmann::json& json) const {
    source_.need(json.is_string(), "'", place, "' is not text");
    return json.get<std::string>();
  }

  template <class T>
  void read(const std::string& place, const nlohmann::json& json, T& value) {
    if constexpr (kIsInteger<T>) {
      integer(place, json, value);
    } else if constexpr (std::is_same_v<T, double>) {
      source_.need(json.is_number(), "'", place, "' is not a number");
      value = json.get<double>();
    } else if constexpr (std::is_same_v<T, std::string>) {
      value = text(place, json);
    } else if constexpr (std::is_same_v<T, Step>) {
      step(place, json, value);
    } else if constexpr (kIsVector<T>) {
      source_.need(json.is_array(), "'", place, "' is not a list");
      for (const auto& item : json) {
        const std::string item_place = place + '.' + std::to_string(value.size());
        read(item_place, item, value.emplace_back());
      }
    } else {
      Reader part(source_, json, place + '.');
      fields(part, value);
      part.finish();
    }
  }

  template <class T>
  void integer(const std::string& place, const nlohmann::json& json, T& value) {
    source_.need(json.is_number_integer(), "'", place, "' is not an integer");
    using Limits = std::numeric_limits<std::conditional_t<std::is_same_v<T, SlotId>, std::int32_t, T>>;
    const bool beyond = json.is_number_unsigned() && json.get<std::uint64_t>() > std::uint64_t{INT64_MAX};
    const std::int64_t found = json.get<std::int64_t>();
    source_.need(!beyond && Limits::min() <= found && found <= std::int64_t{Limits::max()}, "'", place,
                 "' is out of range");
    value = static_cast<T>(found);
  }

  void step(const std::string& place, const nlohmann::json& json, Step& value) {
    source_.need(json.is_object() && json.contains("op"), "'", place, ".op' is missing");
    const std::string op = text(place + ".op", json["op"]);
    source_.need(become(op, value), "'", place, ".op' is '", op, "', which this version does not know");
    Reader part(source_, json, place + '.');
    std::visit([&](auto& s) { fields(part, s); }, value);
    part.finish(1);  // besides the op
  }

  /// Makes `value` the alternative of that kind.
  template <std::size_t I = 0>
  static bool become(const std::string& op, Step& value) {
    if constexpr (I == std::variant_size_v<Step>) {
      return false;
    } else {
      value.emplace<I>();
      return kind(value) == op || become<I + 1>(op, value);
    }
  }

  template <class T>
  void tensor(const std::string& name, std::vector<T>& values) {
    values = source_.take<T>(name);
  }
  template <class T>
  void tensor(const std::string& name, std::array<T, 256>& values) {
    const auto found = source_.take<T>(name, {256});
    std::copy(found.begin(), found.end(), values.begin());
  }

  void columns(const std::string& place, std::vector<Rescale>& rescale) {
    const auto multiplier = source_.take<std::int16_t>(place + "multiplier");
    const auto first = source_.take<std::uint8_t>(place + "first_shift");
    const auto second = source_.take<std::uint8_t>(place + "second_shift");
    source_.need(first.size() == multiplier.size() && second.size() == multiplier.size(), "'", place,
                 "' has not one multiplier and two shifts for each channel");
    for (std::size_t i = 0; i < multiplier.size(); ++i)
      rescale.push_back({multiplier[i], first[i], second[i]});
  }

  TensorSource& source_;
  const nlohmann::json& object_;
  std::string place_;
  std::size_t read_ = 0;
};

}  // namespace zsq::runtime
