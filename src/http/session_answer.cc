// SPDX-License-Identifier: Apache-2.0
// From the handler's answer to the last byte that is sent of it.
#include <algorithm>
#include <string>
#include <utility>

#include "http/listener_state.h"
#include "http/session.h"
#include "skyden/base/limits.h"
#include "skyden/telemetry/log.h"

namespace skyden::http {
namespace {

namespace limits = base::limits;

constexpr size_t kOneBufferBytes = 16u << 10;  // smaller bodies are copied behind the head
// Hundreds who are sent something large at the same time keep the others of their loop waiting for
// one piece each, and not for all that a socket takes.
constexpr size_t kAtOnceBytes = 64u << 10;
constexpr size_t kKeptBytes = 64u << 10;  // of memory, for the next answer

}  // namespace

void Session::Answer(Response response) {
  if (gzip_ && !head_) CompressBody(response);
  ReserveAnswer(response);
  answer_ = std::move(response);
  if (loop_->OnThisThread()) {
    SendAnswer();
  } else {
    loop_->PostAnswered(shared_from_this());
  }
}

void Session::SendAnswer() {
  const bool dropped = std::exchange(dropped_, false);
  if (state_ != State::kHandling) {  // too late: answered for it, or closed
    if (answer_.stream != nullptr) static_cast<QueuedBody&>(*answer_.stream).Gone();
    std::string().swap(answer_.body);
    answered_bytes_.Reset();
    return;
  }
  if (dropped) {
    telemetry::Log(telemetry::Level::error, "request was dropped without an answer",
                   {{"request_id", request_id_}});
  }
  answer_bytes_ = std::move(answered_bytes_);
  Write(std::move(answer_));
}

// Whoever does not take its answers holds its share, and others go on. Where the answer is made:
// those that wait for the loop to begin with them are held as well.
void Session::ReserveAnswer(Response& response) {
  // Small ones are bounded by the connections, and may tell of what is done already.
  if (response.document != nullptr || response.body.size() <= kOneBufferBytes) return;
  if (response.share.empty()) {
    answered_bytes_.Begin(listener_->answer_bytes_of_strangers, peer_key_);
  } else {
    answered_bytes_.Begin(listener_->answer_bytes, response.share);
  }
  const auto verdict =
      answered_bytes_.GrowTo(response.body.size(), base::ByteShares::Rule::kOneAtLeast);
  if (verdict == base::ByteShares::Verdict::kTaken) return;
  response = OwnAnswer(StatusOf(verdict));
}

void Session::Write(Response response) {
  body_of_address_.Reset();
  body_of_share_.Reset();
  client_gone_ = nullptr;
  stream_ = std::static_pointer_cast<QueuedBody>(std::move(response.stream));
  if (stream_ != nullptr || listener_->draining.load()) keep_alive_ = false;
  state_ = State::kWriting;
  body_taker_ = nullptr;
  response.headers.push_back({"X-Request-Id", request_id_});
  out_head_.clear();
  const Framing framing = stream_ == nullptr ? Framing::kLength
                          : takes_chunks_    ? Framing::kChunked
                                             : Framing::kConnection;
  AppendHead(response, keep_alive_ ? Persistence::kKeepAlive : Persistence::kClose, framing,
             date_.Now(), out_head_);
  out_body_.clear();
  out_document_.reset();
  out_done_ = 0;
  if (!head_ && !IsBodiless(response.status)) {
    if (BodyOf(response).size() <= kOneBufferBytes) {
      out_head_ += BodyOf(response);
    } else {
      out_body_ = std::move(response.body);
      out_document_ = std::move(response.document);
    }
  }
  WriteRest();
}

void Session::WriteRest() {
  SetDeadline(listener_->options.send_stall);
  const size_t head_done = std::min(out_done_, out_head_.size());
  const size_t body_done = out_done_ - head_done;
  const std::string_view rest = out_rest().substr(body_done, kAtOnceBytes);
  DoWrite(out_head_.data() + head_done, out_head_.size() - head_done, rest.data(), rest.size());
}

void Session::OnWritten(bool ok, size_t bytes) {
  if (state_ == State::kContinuing) {
    if (!ok || bytes != kContinue.size()) return CloseNow();
    state_ = State::kReading;
    if (in_begin_ < in_end_) return Parse();
    return ReadMore();
  }
  if (state_ != State::kWriting && state_ != State::kStreaming) return;
  if (!ok) return CloseNow();
  out_done_ += bytes;
  if (out_done_ < out_head_.size() + out_rest().size()) return WriteRest();
  if (state_ == State::kStreaming) return OnPumped();
  if (stream_ != nullptr && !head_) return BeginStream();
  if (out_body_.capacity() > kKeptBytes) std::string().swap(out_body_);
  out_document_.reset();
  answer_bytes_.Reset();
  if (!keep_alive_) return Linger();
  BeginRequest();
  if (in_begin_ < in_end_) return Parse();
  if (listener_->draining.load()) return CloseNow();
  SetDeadline(listener_->options.idle_time);
  listener_->Rest(*this);
  ReadMore();
}

void Session::Linger() {
  state_ = State::kLingering;
  lingered_ = 0;
  // A body that nobody took may be long under way, and some read the answer only after it.
  SetDeadline(phase_ == Phase::kHead ? listener_->options.request_time : limits::kHttpLingerTime);
  DoShutdownSend();
}

void Session::OnShutdownSent() {
  if (state_ != State::kLingering || in_flight_) return;
  in_flight_ = true;
  DoDiscard(in_.data(), in_.size());
}

}  // namespace skyden::http
