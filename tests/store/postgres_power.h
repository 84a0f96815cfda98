// SPDX-License-Identifier: Apache-2.0
// A PostgreSQL server of its own on a disk whose power can be cut (power_shim.cc).
//
// The model: what a file held when it was last synced is certain; each 512-byte sector that was
// written since may be there or not, and so may a change of size. Names are what they were when the
// power went. What was written and overwritten since a sync is not there in between.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <map>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "skyden/store/postgres_store.h"
#include "tests/store/power_shared.h"
#include "tests/temp_dir.h"

namespace skyden::store::testing {

class PowerServer {
 public:
  // Where no server can be run.
  static bool IsThere();

  // `settings`: "name=value" each.
  explicit PowerServer(std::vector<std::string> settings);
  ~PowerServer();
  PowerServer(const PowerServer&) = delete;
  PowerServer& operator=(const PowerServer&) = delete;

  // A data directory with an empty database that has Skyden's schema.
  void Fresh();
  // The power goes in place of the `cut_at`-th call that changes something; 0: it stays. False when
  // the server ended before it answered.
  bool Start(int64_t cut_at);
  bool happened() const { return shared_->happened.load() != 0; }
  int64_t calls() const { return shared_->calls.load(); }
  // Waits for the end of a server whose power went.
  void AwaitEnd();
  // Ends one whose power did not go.
  void Stop();
  // Makes of the data directory what is found when the power is back.
  void WriteRemains(std::mt19937_64& random);

  PostgresLogins logins() const;
  std::string log() const;

 private:
  std::string DataDir() const { return *folder_ / "data"; }
  std::string Connection(const std::string& user, const std::string& database) const;
  void MakeTemplate();
  pid_t Run(const std::vector<std::string>& arguments, bool preloaded) const;
  void RunToEnd(const std::vector<std::string>& arguments) const;
  bool Answers();
  bool IsOurs(pid_t process) const;
  void ForgetSharedMemory() const;
  // What is on the disk now is there for good.
  void TakeBase();

  const std::vector<std::string> settings_;
  std::string bin_;
  uid_t user_;
  gid_t group_;
  std::unique_ptr<TempDir> folder_;
  PowerShared* shared_ = nullptr;
  std::map<ino_t, std::string> base_;  // inode -> its content when the server was started
  pid_t server_ = -1;
};

}  // namespace skyden::store::testing
