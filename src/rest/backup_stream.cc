// SPDX-License-Identifier: Apache-2.0
#include "rest/backup_stream.h"

#include <utility>

#include "fmt/format.h"
#include "skyden/base/rfc3339.h"
#include "skyden/base/status.h"
#include "skyden/base/strings.h"
#include "skyden/base/version.h"
#include "skyden/store/backup_archive.h"
#include "skyden/telemetry/log.h"

namespace skyden::rest {
namespace {

constexpr size_t kPieceBytes = 256u << 10;
constexpr size_t kQueuedBytes = 4u << 20;
// A client must not take a copy that is large for a daemon that is gone.
constexpr absl::Duration kNoteEvery = absl::Seconds(1);

}  // namespace

void BackupStream::Post(void (BackupStream::*what)()) {
  strand_.Post([self = shared_from_this(), what] { ((*self).*what)(); });
}

http::Response BackupStream::Begin() {
  // The stream holds this, and this the stream, until it is over.
  body_ = http::BodyStream::Create(
      {.bytes_max = kQueuedBytes,
       .on_drained = [self = shared_from_this()] { self->Post(&BackupStream::Pump); },
       .on_gone =
           [self = shared_from_this()] {
             self->gone_ = true;
             self->Post(&BackupStream::Forget);
           }});
  return {.content_type = "application/x-tar",
          .headers = {{"Cache-Control", "no-store"}},
          .stream = body_};
}

void BackupStream::Run(uint64_t bytes_per_second) {
  auto copy = MakeCopy(bytes_per_second);
  if (!copy.ok()) return Fail(copy.status());
  strand_.Post([self = shared_from_this(), copy = *std::move(copy)]() mutable {
    if (self->body_ == nullptr) return;
    store::Manifest manifest;
    manifest.version = base::Version();
    manifest.created = base::FormatRfc3339(self->deps_.clock.Now());
    manifest.bytes = copy->bytes();
    manifest.sha256 = copy->sha256();
    manifest.seal = copy->seal();
    manifest.secrets_key = copy->secrets_key();
    manifest.contents = copy->contents();
    self->piece_ = store::ArchiveBegin(store::ManifestJson(manifest), copy->bytes());
    self->copy_ = std::move(copy);
    self->Pump();
  });
}

absl::StatusOr<std::unique_ptr<store::DatabaseCopy>> BackupStream::MakeCopy(
    uint64_t bytes_per_second) {
  absl::Duration told = deps_.clock.Monotonic();
  store::CopyOptions options;
  options.bytes_per_second = bytes_per_second;
  options.on_progress = [&](uint64_t copied, uint64_t all) {
    if (const absl::Duration now = deps_.clock.Monotonic(); now - told >= kNoteEvery) {
      told = now;
      Tell(fmt::format("copied {} {}", copied, all));
    }
    return !gone_.load();
  };
  return deps_.backups.Copy(options);
}

void BackupStream::Tell(const std::string& note) {
  strand_.Post([self = shared_from_this(), note] {
    if (self->body_ != nullptr) self->body_->Write(store::ArchiveNote(note));
  });
}

void BackupStream::Fail(const absl::Status& why) {
  const bool ours = absl::IsInternal(why) || absl::IsUnknown(why) || absl::IsDataLoss(why);
  const std::string text(base::ToStd(why.message()));
  if (!gone_) {
    telemetry::Log(telemetry::Level::error, "no backup was made",
                   {{"request_id", request_id_}, {"reason", text}});
  }
  Tell("failed " + (ours ? fmt::format("internal error (request {})", request_id_) : text));
  strand_.Post([self = shared_from_this()] {
    if (self->body_ != nullptr) self->body_->End();
  });
}

void BackupStream::Pump() {
  if (body_ == nullptr || copy_ == nullptr) return;
  for (;;) {
    if (!piece_.empty()) {
      // Again when it has taken some; never, when it is gone.
      if (!body_->Write(piece_)) return;
      piece_.clear();
    }
    if (sent_ == copy_->bytes()) break;
    auto piece = copy_->Read(sent_, kPieceBytes);
    if (!piece.ok()) {
      Fail(piece.status());
      copy_ = nullptr;
      return;
    }
    sent_ += piece->size();
    piece_ = *std::move(piece);
    if (sent_ == copy_->bytes()) piece_ += store::ArchiveEnd(copy_->bytes());
  }
  copy_ = nullptr;
  body_->End();
}

void BackupStream::Forget() {
  copy_ = nullptr;
  body_ = nullptr;
}

}  // namespace skyden::rest
