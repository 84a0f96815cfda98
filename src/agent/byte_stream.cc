// SPDX-License-Identifier: Apache-2.0
// Writes are started from any thread, so a hold keeps the call from being done under them. It is
// given up when the other end has ended the call and no write is being started.
#include "agent/byte_stream.h"

#include "skyden/stock_grpc/bytes.h"

namespace skyden::agent {

std::shared_ptr<ByteStream> ByteStream::Start(grpc::GenericStub& stub, const std::string& method,
                                              const CallMetadata& metadata, base::Strand strand,
                                              Handlers handlers) {
  const std::shared_ptr<ByteStream> stream(new ByteStream(std::move(strand), std::move(handlers)));
  for (const auto& [key, value] : metadata) stream->context_.AddMetadata(key, value);
  stream->context_.set_compression_algorithm(GRPC_COMPRESS_GZIP);
  stream->self_ = stream;
  stub.PrepareBidiStreamingCall(&stream->context_, method, grpc::StubOptions(), stream.get());
  stream->AddHold();
  stream->StartRead(&stream->in_);
  stream->StartCall();
  return stream;
}

void ByteStream::Send(std::string message) {
  {
    absl::MutexLock lock(&mu_);
    if (ended_ || half_close_) return;
    queue_.push_back(std::move(message));
  }
  Pump();
}

void ByteStream::HalfClose() {
  {
    absl::MutexLock lock(&mu_);
    half_close_ = true;
  }
  Pump();
}

void ByteStream::Pump() {
  bool last = false;
  const grpc::ByteBuffer* out = nullptr;
  {
    absl::MutexLock lock(&mu_);
    if (writing_ || released_ || ended_) return;
    if (!queue_.empty()) {
      out_ = stock_grpc::BufferOf(queue_.front());
      queue_.pop_front();
      out = &out_;  // untouched until OnWriteDone
    } else if (half_close_ && !half_closed_) {
      half_closed_ = true;
      last = true;
    } else {
      return;
    }
    writing_ = true;
  }
  if (!last) return StartWrite(out);
  StartWritesDone();
  {
    absl::MutexLock lock(&mu_);
    writing_ = false;
  }
  ReleaseWhenIdle();
}

void ByteStream::OnWriteDone(bool ok) {
  {
    absl::MutexLock lock(&mu_);
    writing_ = false;
    if (!ok) queue_.clear();  // the call is ending, and the read will say so
  }
  ReleaseWhenIdle();
  if (ok) Pump();
}

void ByteStream::OnReadDone(bool ok) {
  strand_.Post([self = shared_from_this(), ok] {
    if (ok) {
      self->handlers_.on_message(stock_grpc::BytesOf(self->in_).value_or(""));
      self->StartRead(&self->in_);
      return;
    }
    {
      absl::MutexLock lock(&self->mu_);
      self->ended_ = true;
    }
    self->ReleaseWhenIdle();
  });
}

void ByteStream::ReleaseWhenIdle() {
  {
    absl::MutexLock lock(&mu_);
    if (!ended_ || writing_ || released_) return;
    released_ = true;
  }
  RemoveHold();
}

// The last of the call goes on the strand. It may hold the last channel, and gRPC must not give one
// up on a thread of its own: it would wait for itself.
void ByteStream::OnDone(const grpc::Status& status) {
  base::Strand strand = strand_;
  strand.Post([self = std::move(self_), status] { self->handlers_.on_done(status); });
}

}  // namespace skyden::agent
