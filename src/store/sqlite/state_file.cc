// SPDX-License-Identifier: Apache-2.0
// Two slots of a sector each, written in turn: one line of text with a check sum, so that whichever
// write is cut, the record before it can be read. The higher number is the later record.
#include "store/sqlite/state_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cinttypes>
#include <cstdio>
#include <cstring>
#include <filesystem>

#include "fmt/format.h"
#include "skyden/base/status.h"
#include "store/sqlite/file_digest.h"

namespace skyden::store::sqlite {
namespace {

constexpr char kName[] = "/skyden.state";
constexpr size_t kSlotBytes = 512;
constexpr size_t kIdBytes = 36;
constexpr std::string_view kTitle = "skyden state 1: what the database files hold; do not edit";

std::string_view NameOf(StateRecord::Phase phase) {
  switch (phase) {
    case StateRecord::Phase::kMaking:
      return "making";
    case StateRecord::Phase::kRunning:
      return "running";
    case StateRecord::Phase::kStopped:
      return "stopped";
  }
  return "";
}

std::string SlotOf(uint64_t number, const StateRecord& r) {
  std::string text = fmt::format(
      "{}\n{} {} id={} starts={} inode={} changed={} bytes={} digest={:016x} "
      "salts={:08x}{:08x} frames={} ",
      kTitle, number, NameOf(r.phase), r.database.empty() ? "-" : r.database, r.starts, r.inode,
      r.changed_ns, r.bytes, r.digest, r.salts.first, r.salts.second, r.frames);
  text += fmt::format("sum={:016x}\n", DigestOf(text));
  text.resize(kSlotBytes, '\n');
  return text;
}

struct Numbered {
  uint64_t number = 0;
  StateRecord record;
};

std::optional<Numbered> ParseSlot(std::string text) {
  const size_t sum_at = text.find("sum=");
  if (text.compare(0, kTitle.size(), kTitle) != 0 || sum_at == std::string::npos) {
    return std::nullopt;
  }
  Numbered found;
  StateRecord& r = found.record;
  char phase[16] = {};
  char id[kIdBytes + 1] = {};
  uint64_t sum = 0;
  const int read =
      std::sscanf(text.c_str() + kTitle.size(),
                  " %" SCNu64 " %15s id=%36s starts=%" SCNu64 " inode=%" SCNu64 " changed=%" SCNd64
                  " bytes=%" SCNu64 " digest=%" SCNx64 " salts=%8" SCNx32 "%8" SCNx32
                  " frames=%" SCNu64 " sum=%" SCNx64,
                  &found.number, phase, id, &r.starts, &r.inode, &r.changed_ns, &r.bytes, &r.digest,
                  &r.salts.first, &r.salts.second, &r.frames, &sum);
  if (read != 12 || sum != DigestOf(std::string_view(text).substr(0, sum_at))) return std::nullopt;
  if (std::string_view(id) != "-") r.database = id;
  for (const auto known :
       {StateRecord::Phase::kMaking, StateRecord::Phase::kRunning, StateRecord::Phase::kStopped}) {
    if (NameOf(known) != phase) continue;
    r.phase = known;
    return found;
  }
  return std::nullopt;
}

absl::Status SystemError(std::string_view what, int error) {
  const std::string text = fmt::format("cannot {} skyden.state: {}", what, std::strerror(error));
  return error == ENOSPC || error == EDQUOT ? absl::ResourceExhaustedError(text)
                                            : absl::UnavailableError(text);
}

}  // namespace

StateFile::StateFile(const std::string& directory)
    : path_(directory + kName), descriptor_(open(path_.c_str(), O_RDWR | O_CLOEXEC)) {}

StateFile::~StateFile() {
  if (descriptor_ >= 0) close(descriptor_);
}

absl::StatusOr<std::optional<StateRecord>> StateFile::Read() {
  if (descriptor_ < 0) {
    // The folder may be somebody else's; a name that leads nowhere is no file.
    if (access(path_.c_str(), F_OK) == 0) return SystemError("open", EACCES);
    return std::nullopt;
  }
  std::optional<Numbered> last;
  bool blank = true;  // made, and cut before anything was written
  for (int slot = 0; slot < 2; ++slot) {
    std::string text(kSlotBytes, '\0');
    const ssize_t n = pread(descriptor_, text.data(), text.size(),
                            static_cast<off_t>(slot) * static_cast<off_t>(kSlotBytes));
    if (n < 0) return SystemError("read", errno);
    text.resize(static_cast<size_t>(n));
    blank = blank && text.find_first_not_of('\n') == std::string::npos;
    const auto found = ParseSlot(std::move(text));
    if (found.has_value() && (!last.has_value() || found->number > last->number)) last = found;
  }
  if (blank) return std::nullopt;
  if (!last.has_value()) return absl::DataLossError("skyden.state is not what was written");
  written_ = last->number;
  return last->record;
}

absl::Status StateFile::Create() {
  descriptor_ = open(path_.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (descriptor_ < 0) return SystemError("make", errno);
  // Both slots have their place on the disk from the start: no later write needs room.
  const std::string blank(2 * kSlotBytes, '\n');
  if (pwrite(descriptor_, blank.data(), blank.size(), 0) != static_cast<ssize_t>(blank.size())) {
    return SystemError("write", errno);
  }
  if (fsync(descriptor_) != 0) return SystemError("keep", errno);
  const int folder =
      open(std::filesystem::path(path_).parent_path().c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (folder < 0) return SystemError("keep", errno);
  const int synced = fsync(folder);
  const int error = errno;
  close(folder);
  return synced == 0 ? absl::OkStatus() : SystemError("keep", error);
}

absl::Status StateFile::Write(const StateRecord& record, Until until) {
  if (descriptor_ < 0) SKYDEN_RETURN_IF_ERROR(Create());
  const std::string slot = SlotOf(++written_, record);
  const auto at = static_cast<off_t>(written_ % 2 * kSlotBytes);
  if (pwrite(descriptor_, slot.data(), slot.size(), at) != static_cast<ssize_t>(slot.size())) {
    return SystemError("write", errno);
  }
  if (until == Until::kOnDisk && waits_ && fdatasync(descriptor_) != 0)
    return SystemError("keep", errno);
  return absl::OkStatus();
}

}  // namespace skyden::store::sqlite
