#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "graph/checkpoint.h"
#include "graph/dtype.h"
#include "graph/pickle.h"
#include "graph/strided.h"

namespace zsq {

/// Raw bytes by the key that a pickle's persistent ids name.
using Storages = std::map<std::string, std::string_view, std::less<>>;

/// "torch.FloatStorage" and its like.
std::optional<DType> dtype_of_storage(std::string_view global);

/// Turns what a pickle says about tensors into their values: any strides, and no more values than the file's
/// size justifies (storages may be shared, but not without end).
class PickledTensors {
 public:
  PickledTensors(const Storages& storages, std::size_t file_bytes, std::string who);

  /// Whether read() would give a tensor or throw.
  static bool is_tensor(const PickleObject& object);

  /// Nothing where the object is no tensor. Throws Error (Fault::model) where one reaches beyond its storage.
  std::optional<StateTensor> read(const PickleObject& object);

 private:
  struct Storage {
    DType dtype = DType::f32;
    std::string_view bytes;
  };

  void need(bool ok, const auto&... parts) const;
  Storage storage(const PickleObject& object) const;
  std::vector<std::int64_t> integers(const PickleObject& tuple) const;
  StateTensor gather(const Storage& storage, const Strided& tensor);

  const Storages& storages_;
  std::uint64_t budget_;  // values that may still be made
  std::string who_;
};

}  // namespace zsq
