#include "graph/file.h"

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <utility>

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

namespace zsq {
namespace {

namespace fs = std::filesystem;

class Descriptor {
 public:
  explicit Descriptor(int fd) : fd_(fd) {}
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  ~Descriptor() {
    if (fd_ >= 0) ::close(fd_);
  }
  int get() const { return fd_; }
  bool ok() const { return fd_ >= 0; }

  /// Closing may report what an earlier write could not.
  bool close() { return ::close(std::exchange(fd_, -1)) == 0; }

 private:
  int fd_;
};

std::string reason(int error) {
  switch (error) {
    case ENOENT: return "there is no such file or folder";
    case EACCES:
    case EPERM: return "permission is denied";
    case EROFS: return "it is on a read-only file system";
    case ENOSPC:
    case EDQUOT: return "the disk is full";
    case EISDIR: return "it is a folder";
    default: return std::strerror(error);
  }
}

/// A file being written beside its final place; removed again unless it gets there.
class Draft {
 public:
  explicit Draft(const fs::path& target)
      : target_(target), name_(target.string() + ".XXXXXX"), file_(::mkostemp(name_.data(), O_CLOEXEC)) {
    if (!file_.ok()) refuse(errno);
  }
  Draft(const Draft&) = delete;
  Draft& operator=(const Draft&) = delete;
  ~Draft() {
    if (!name_.empty()) ::unlink(name_.c_str());
  }

  void write(std::string_view bytes) {
    while (!bytes.empty()) {
      const ssize_t written = ::write(file_.get(), bytes.data(), bytes.size());
      if (written < 0 && errno == EINTR) continue;
      if (written < 0) refuse(errno);
      bytes.remove_prefix(static_cast<std::size_t>(written));
    }
  }

  void publish() {
    const mode_t mask = ::umask(0);
    ::umask(mask);
    if (::fchmod(file_.get(), 0666 & ~mask) != 0 || ::fsync(file_.get()) != 0 || !file_.close() ||
        ::rename(name_.c_str(), target_.c_str()) != 0)
      refuse(errno);
    name_.clear();
    const fs::path folder = target_.has_parent_path() ? target_.parent_path() : fs::path(".");
    const Descriptor parent(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (parent.ok()) ::fsync(parent.get());  // best effort: some file systems refuse to sync a folder
  }

 private:
  [[noreturn]] void refuse(int error) const {
    fail(Fault::data, target_.string(), " cannot be written: ", reason(error),
         "; choose a folder that exists, can be written and has room");
  }

  fs::path target_;
  std::string name_;
  Descriptor file_;
};

}  // namespace

FileBytes::FileBytes(const fs::path& path, Fault fault) {
  const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  check(file.ok(), fault, path.string(), " cannot be read: ", reason(errno));
  struct stat status {};
  check(::fstat(file.get(), &status) == 0, fault, path.string(), " cannot be read: ", reason(errno));
  check(S_ISREG(status.st_mode), fault, path.string(), " is not a file; the path of a file was needed");
  if (status.st_size == 0) return;  // mmap refuses nothing at all
  const auto size = static_cast<std::size_t>(status.st_size);
  void* bytes = ::mmap(nullptr, size, PROT_READ, MAP_PRIVATE, file.get(), 0);
  check(bytes != MAP_FAILED, fault, path.string(), " cannot be read: ", reason(errno));
  view_ = {static_cast<const char*>(bytes), size};
}

FileBytes::FileBytes(FileBytes&& other) noexcept : view_(std::exchange(other.view_, {})) {}

FileBytes::~FileBytes() {
  if (!view_.empty()) ::munmap(const_cast<char*>(view_.data()), view_.size());
}

std::string read_file(const fs::path& path, Fault fault) {
  return std::string(FileBytes(path, fault).view());
}

void write_file_atomically(const fs::path& path, std::string_view bytes) {
  Draft draft(path);
  draft.write(bytes);
  draft.publish();
}

}  // namespace zsq
