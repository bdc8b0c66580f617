#include "runtime/plan_file.h"

#include "graph/file.h"
#include "graph/json_guard.h"
#include "graph/sha256.h"
#include "runtime/file/check_metadata.h"
#include "runtime/file/reader.h"
#include "runtime/file/writer.h"

namespace zsq::runtime {
namespace {

using nlohmann::json;

constexpr const char* kFormat = "zsq plan";
constexpr const char* kVersion = "2";
constexpr const char* kChecksum = "checksum";
constexpr int kMaxDepth = 12;  // of the JSON; a plan needs 7

/// Runs what may throw JSON's own exceptions, which mean nothing to a user.
auto translated(const std::string& who, const auto& work) {
  try {
    return work();
  } catch (const json::exception&) {
    fail(Fault::model, who, " is not a sound plan file: its JSON cannot be used");
  }
}

json parse(const TensorSource& source, const char* key) {
  const auto found = source.content.metadata.find(key);
  source.need(found != source.content.metadata.end(), "it has no '", key, "' in its metadata");
  const auto refuse = [&](const std::string& what) { source.need(false, "its '", key, "' ", what); };
  return json::parse(found->second, JsonGuard(kMaxDepth, refuse));
}

template <class T>
void read_part(TensorSource& source, const char* key, T& value) {
  const json object = parse(source, key);
  Reader reader(source, object, "");
  fields(reader, value);
  reader.finish();
}

void check_format(const TensorSource& source) {
  const auto entry = [&](const char* key) {
    const auto found = source.content.metadata.find(key);
    return found == source.content.metadata.end() ? std::string() : found->second;
  };
  check(entry("format") == kFormat, Fault::model, source.who,
        " is a safetensors file but not a plan; make one with zsq quantize");
  check(entry("version") == kVersion, Fault::model, source.who, " is a plan of version '", entry("version"),
        "', this program reads version ", kVersion);
  source.need(source.content.metadata.contains("recipe"), "it has no 'recipe' in its metadata");
}

/// SHA-256 of everything but itself: names, types, extents and bytes.
std::string checksum(const SafeTensors& content) {
  Sha256 sum;
  const auto add = [&](std::string_view text) {
    sum.add(std::to_string(text.size()) + ':');
    sum.add(text);
  };
  for (const auto& [key, value] : content.metadata) {
    if (key == kChecksum) continue;
    add(key);
    add(value);
  }
  for (const auto& [name, tensor] : content.tensors) {
    add(name);
    add(name_of(tensor.dtype));
    for (const std::int64_t extent : tensor.dims) add(std::to_string(extent));
    add(tensor.bytes);
  }
  return sum.hex();
}

/// A plan that was damaged is another program: it may well be a sound one, with other answers.
void check_checksum(const TensorSource& source) {
  const auto written = source.content.metadata.find(kChecksum);
  source.need(written != source.content.metadata.end(), "it has no 'checksum' in its metadata");
  source.need(written->second == checksum(source.content),
              "its checksum is not that of its content, so it was damaged or changed since it was written");
}

PlanFile read(std::string_view bytes, const std::string& who, Checksum with) {
  const SafeTensors content = parse_safetensors(bytes, who);
  TensorSource source{content, who};
  check_format(source);
  if (with == Checksum::checked) check_checksum(source);
  PlanFile file;
  read_part(source, "program", file.plan);
  read_part(source, "description", file.metadata);
  file.metadata.recipe = content.metadata.at("recipe");
  source.need(source.used.size() == content.tensors.size(), "it has a tensor that no step uses");
  return file;
}

}  // namespace

std::string encode_plan(const PlanFile& file) {
  const std::string who = "the plan of '" + file.metadata.network + "'";
  validate(file.plan);
  check_metadata(file, who);
  return translated(who, [&] {
    TensorSink sink;
    Writer program(sink, ""), description(sink, "");
    fields(program, file.plan);
    fields(description, file.metadata);
    static_cast<void>(json(file.metadata.recipe).dump());  // throws unless it is UTF-8
    sink.content.metadata = {{"format", kFormat},
                             {"version", kVersion},
                             {"program", program.take().dump()},
                             {"description", description.take().dump()},
                             {"recipe", file.metadata.recipe}};
    sink.content.metadata[kChecksum] = checksum(sink.content);
    return encode_safetensors(sink.content);
  });
}

PlanFile decode_plan(std::string_view bytes, const std::string& who, Checksum with) {
  PlanFile file = translated(who, [&] { return read(bytes, who, with); });
  try {
    validate(file.plan);
  } catch (const Error& error) {
    fail(error.fault(), who, ": ", error.what());
  }
  check_metadata(file, who);
  return file;
}

void save_plan(const PlanFile& file, const std::filesystem::path& path) {
  write_file_atomically(path, encode_plan(file));
}

PlanFile load_plan(const std::filesystem::path& path) {
  const FileBytes bytes(path);
  return decode_plan(bytes.view(), path.string());
}

}  // namespace zsq::runtime
