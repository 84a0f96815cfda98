// SPDX-License-Identifier: Apache-2.0
// One backup on its way: the copy is made first, which is quick and holds nobody up, and then sent
// as fast as the client takes it.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "skyden/base/clock.h"
#include "skyden/base/executor.h"
#include "skyden/http/body_stream.h"
#include "skyden/http/handler.h"
#include "skyden/store/backup.h"

namespace skyden::rest {

// Keeps itself until nobody reads it any more.
class BackupStream : public std::enable_shared_from_this<BackupStream> {
 public:
  struct Deps {
    store::Backups& backups;
    base::Clock& clock;
    base::Executor& transfers;
  };
  BackupStream(const Deps& deps, const base::Lane& lane, std::string request_id)
      : deps_(deps), strand_(deps.transfers, lane), request_id_(std::move(request_id)) {}

  http::Response Begin();
  // Once the answer was given: makes the copy and has it sent. Blocks for long.
  void Run(uint64_t bytes_per_second);

 private:
  void Post(void (BackupStream::*what)());
  // Sends what fits, and goes on when the client has taken it.
  void Pump();
  void Forget();
  absl::StatusOr<std::unique_ptr<store::DatabaseCopy>> MakeCopy(uint64_t bytes_per_second);
  void Tell(const std::string& note);
  void Fail(const absl::Status& why);

  const Deps deps_;
  base::Strand strand_;
  const std::string request_id_;
  std::atomic<bool> gone_{false};
  std::shared_ptr<http::BodyStream> body_;
  std::unique_ptr<store::DatabaseCopy> copy_;
  uint64_t sent_ = 0;
  std::string piece_;  // that did not fit
};

}  // namespace skyden::rest
