// SPDX-License-Identifier: Apache-2.0
// A disk whose power goes at a chosen call. What was not synced by then is lost, kept or torn, each
// write for itself.
#pragma once

#include <cstdint>
#include <map>
#include <mutex>
#include <optional>
#include <random>
#include <string>
#include <vector>

#include "tests/store/fault_vfs.h"

namespace skyden::store::testing {

// What a power cut does to the files of one directory. The model:
//   a write, truncation or creation is certain once its file was synced (which covers its name as
//   well), a removal once the directory was; before that it may or may not have happened, in any
//   combination;
//   a write may be torn at the borders of 512-byte sectors; bytes that nobody wrote stay.
// Thread-safe.
class PowerCut final : public FaultPlan {
 public:
  // The cut comes in place of the `calls`-th call (from 1) that changes something.
  explicit PowerCut(int64_t calls) : calls_left_(calls) {}

  int Before(const VfsCall& call) override;

  bool happened() const;
  // How many such calls there were before it.
  int64_t calls() const;
  // Writes into the empty directory `to` what is found in `from` when the power is back. Once.
  void WriteRemains(const std::string& from, const std::string& to, std::mt19937_64& random);

 private:
  struct Change {
    std::optional<int64_t> truncate_to;
    int64_t offset = 0;
    std::string data;
  };
  // One file that had a name for a while.
  struct Inode {
    std::string synced;
    std::vector<Change> unsynced;
  };
  // Whom a name may mean after the cut: any of these. The last is the present one.
  using Meanings = std::vector<std::optional<Inode>>;

  static bool Changes(const VfsCall& call);
  void Record(const VfsCall& call);
  Meanings& Of(const std::string& path);
  static std::string Image(const Inode& inode, std::mt19937_64& random);

  mutable std::mutex mu_;
  int64_t calls_left_;
  int64_t calls_ = 0;
  bool happened_ = false;
  std::map<std::string, Meanings> files_;
};

}  // namespace skyden::store::testing
