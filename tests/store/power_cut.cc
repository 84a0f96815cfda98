// SPDX-License-Identifier: Apache-2.0
#include "tests/store/power_cut.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>

namespace skyden::store::testing {
namespace {

constexpr int64_t kSectorBytes = 512;

std::optional<std::string> ReadWhole(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) return std::nullopt;
  return std::string(std::istreambuf_iterator<char>(file), {});
}

void Patch(std::string& content, int64_t offset, std::string_view data) {
  const size_t end = static_cast<size_t>(offset) + data.size();
  if (content.size() < end) content.resize(end, '\0');
  std::copy(data.begin(), data.end(), content.begin() + offset);
}

// Each sector of the write for itself.
void PatchTorn(std::string& content, int64_t offset, std::string_view data,
               std::mt19937_64& random) {
  while (!data.empty()) {
    const int64_t to_border = kSectorBytes - offset % kSectorBytes;
    const std::string_view part = data.substr(0, static_cast<size_t>(to_border));
    if (random() % 2 == 0) Patch(content, offset, part);
    data.remove_prefix(part.size());
    offset += to_border;
  }
}

}  // namespace

bool PowerCut::Changes(const VfsCall& call) {
  switch (call.kind) {
    case VfsCall::Kind::kOpen:
      return !call.exists;
    case VfsCall::Kind::kDelete:
    case VfsCall::Kind::kWrite:
    case VfsCall::Kind::kTruncate:
    case VfsCall::Kind::kSync:
      return true;
    default:
      return false;
  }
}

int PowerCut::Before(const VfsCall& call) {
  const std::scoped_lock lock(mu_);
  if (!happened_ && Changes(call)) {
    // The call that the power goes in may have been half way: only a sync can tell the difference.
    if (calls_left_-- == 1) happened_ = true;
    if (!happened_) ++calls_;
    if (!happened_ || call.kind != VfsCall::Kind::kSync) Record(call);
  }
  return happened_ ? IoErrorOf(call.kind) : SQLITE_OK;
}

int64_t PowerCut::calls() const {
  const std::scoped_lock lock(mu_);
  return calls_;
}

bool PowerCut::happened() const {
  const std::scoped_lock lock(mu_);
  return happened_;
}

// What is on the real disk when a name is first met was there before, for good.
PowerCut::Meanings& PowerCut::Of(const std::string& path) {
  const auto [at, is_new] = files_.try_emplace(path);
  if (is_new) {
    auto content = ReadWhole(path);
    if (content.has_value()) {
      at->second.push_back(Inode{*std::move(content), {}});
    } else {
      at->second.push_back(std::nullopt);
    }
  }
  return at->second;
}

void PowerCut::Record(const VfsCall& call) {
  if (call.path.empty()) return;
  Meanings& meanings = Of(std::string(call.path));
  if (call.kind == VfsCall::Kind::kOpen) {
    meanings.push_back(Inode());
    return;
  }
  if (call.kind == VfsCall::Kind::kDelete) {
    if (call.to_disk && !happened_) meanings.clear();
    meanings.push_back(std::nullopt);
    return;
  }
  if (!meanings.back().has_value()) return;  // unlinked while open: no name leads to it
  Inode& inode = *meanings.back();
  if (call.kind == VfsCall::Kind::kWrite) {
    inode.unsynced.push_back({std::nullopt, call.offset, std::string(call.data)});
  } else if (call.kind == VfsCall::Kind::kTruncate) {
    inode.unsynced.push_back({call.offset, 0, {}});
  } else {  // a sync
    for (const Change& change : inode.unsynced) {
      if (change.truncate_to.has_value()) {
        inode.synced.resize(static_cast<size_t>(*change.truncate_to), '\0');
      } else {
        Patch(inode.synced, change.offset, change.data);
      }
    }
    inode.unsynced.clear();
    meanings.erase(meanings.begin(), std::prev(meanings.end()));
  }
}

std::string PowerCut::Image(const Inode& inode, std::mt19937_64& random) {
  std::string content = inode.synced;
  // Half of the cuts treat all writes of a file alike: that nothing, or everything, got through is
  // what a disk does most often.
  const uint64_t mode = random() % 4;
  for (const Change& change : inode.unsynced) {
    const uint64_t fate = mode < 2 ? mode : random() % 3;
    if (fate == 0) continue;
    if (change.truncate_to.has_value()) {
      content.resize(static_cast<size_t>(*change.truncate_to), '\0');
    } else if (fate == 1) {
      Patch(content, change.offset, change.data);
    } else {
      PatchTorn(content, change.offset, change.data, random);
    }
  }
  return content;
}

void PowerCut::WriteRemains(const std::string& from, const std::string& to,
                            std::mt19937_64& random) {
  const std::scoped_lock lock(mu_);
  // Files that nobody changed. Shared memory is not a file to SQLite, nor is the lock to us.
  for (const auto& file : std::filesystem::directory_iterator(from)) {
    const std::string name = file.path().filename().string();
    if (name.ends_with("-shm") || name.ends_with(".lock")) continue;
    Of(file.path().string());
  }
  for (const auto& [path, meanings] : files_) {
    const std::optional<Inode>& meaning = meanings[random() % meanings.size()];
    if (!meaning.has_value()) continue;
    const auto name = std::filesystem::path(path).filename();
    std::ofstream file(std::filesystem::path(to) / name, std::ios::binary);
    file << Image(*meaning, random);
  }
}

}  // namespace skyden::store::testing
