#include "apps/failure.h"

#include <filesystem>
#include <iostream>
#include <new>
#include <system_error>

#include <nlohmann/json.hpp>

#include "graph/check.h"
#include "graph/interrupted.h"
#include "graph/text.h"

namespace zsq::apps {
namespace {

constexpr int kOurMistake = 1, kInterrupted = 130;

Failure of(Fault fault, const std::string& sentence) { return {static_cast<int>(fault), one_line(sentence)}; }

Failure out_of_memory() {
  return of(Fault::device, "there is not enough memory; a smaller --batch, --count or --input needs less");
}

Failure of_system(const std::system_error& e) {
  if (const auto* file = dynamic_cast<const std::filesystem::filesystem_error*>(&e))
    return of(Fault::data, file->path1().string() + ": " + e.code().message());
  return of(Fault::device, "the system refuses what is needed: " + e.code().message());
}

}  // namespace

std::string first_line(const std::string& text) { return one_line(text.substr(0, text.find('\n')), 200); }

int report(const Failure& failure) {
  std::cerr << "zsq: " << failure.sentence << '\n';
  return failure.code;
}

Failure failure_of(const std::exception_ptr& error) {
  try {
    std::rethrow_exception(error);
  } catch (const Error& e) {
    return of(e.fault(), e.what());
  } catch (const Interrupted&) {
    return {kInterrupted, "interrupted; nothing was written"};
  } catch (const std::bad_alloc&) {
    return out_of_memory();
  } catch (const std::length_error&) {  // of a container that would be larger than all memory
    return out_of_memory();
  } catch (const nlohmann::json::exception&) {
    return of(Fault::model, "a description in JSON, of a model or a plan, does not hold what is needed");
  } catch (const std::system_error& e) {
    return of_system(e);
  } catch (const std::exception& e) {
    return {kOurMistake, "this is a mistake of zsq's, please report it: " + first_line(e.what())};
  } catch (...) {
    return {kOurMistake, "this is a mistake of zsq's, please report it"};
  }
}

}  // namespace zsq::apps
