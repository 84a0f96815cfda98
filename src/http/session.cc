// SPDX-License-Identifier: Apache-2.0
// One request at a time: while it is handled nothing is read, so pipelined requests wait in the
// buffer and answers keep their order, and a client that sends without reading stops itself.
// After an error is answered the rest of what the client sends is read and thrown away for a
// moment (kLingering): closing with unread bytes would reset the connection under the answer.
#include "http/session.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <utility>

#include "http/listener_state.h"
#include "skyden/base/limits.h"
#include "skyden/base/trace_context.h"
#include "skyden/net/address.h"
#include "skyden/telemetry/log.h"

namespace skyden::http {
namespace {

namespace limits = base::limits;

constexpr size_t kReadBytes = 8u << 10;
constexpr size_t kReadBytesBody = 64u << 10;

// Hands one answer back to its session; answers 500 when it is thrown away instead. As small as
// two pointers, so that a Responder needs no allocation of its own.
class AnswerOnce {
 public:
  explicit AnswerOnce(std::shared_ptr<Session> session) : session_(std::move(session)) {}
  AnswerOnce(AnswerOnce&&) noexcept = default;
  AnswerOnce(const AnswerOnce&) = delete;
  AnswerOnce& operator=(AnswerOnce&&) = delete;
  AnswerOnce& operator=(const AnswerOnce&) = delete;
  ~AnswerOnce() {
    if (session_) std::exchange(session_, nullptr)->AnswerNothing();
  }
  void operator()(Response response) {
    if (session_) std::exchange(session_, nullptr)->Answer(std::move(response));
  }

 private:
  std::shared_ptr<Session> session_;
};

}  // namespace

Session::Session(std::shared_ptr<Loop> loop, std::shared_ptr<ListenerState> listener,
                 std::string peer_ip, bool tls)
    : loop_(std::move(loop)),
      listener_(std::move(listener)),
      peer_ip_(std::move(peer_ip)),
      peer_key_(net::AddressKey(peer_ip_)),
      tls_(tls) {}

Session::~Session() {
  for (BodyStream* stream : {static_cast<BodyStream*>(stream_.get()), answer_.stream.get()}) {
    if (stream != nullptr) static_cast<QueuedBody*>(stream)->Gone();
  }
}

void Session::Start() {
  loop_->Add(shared_from_this());
  // Counted even without TLS, where it takes no time.
  in_handshakes_ = listener_->handshakes.Enter(peer_ip_);
  if (!in_handshakes_) {
    listener_->refused.fetch_add(1);
    return CloseNow();
  }
  SetDeadline(listener_->options.request_time);
  DoHandshake();
}

void Session::SetDeadline(absl::Duration from_now) {
  deadline_ = std::chrono::steady_clock::now() + absl::ToChronoNanoseconds(from_now);
  loop_->WakeAt(deadline_);
}

void Session::EndHandshake() {
  if (std::exchange(in_handshakes_, false)) listener_->handshakes.Leave(peer_ip_);
}

void Session::OnHandshake(bool ok) {
  if (state_ != State::kHandshake) return;
  if (!ok) return CloseNow();
  EndHandshake();
  in_.resize(kReadBytes);
  BeginRequest();
  // A new connection must ask soon; one that has asked may rest longer.
  SetDeadline(listener_->options.request_time);
  listener_->Rest(*this);
  ReadMore();
}

void Session::BeginRequest() {
  parser_.emplace();
  phase_ = Phase::kNone;
  continued_ = false;
  request_deadline_ = {};
  state_ = State::kReading;
}

void Session::Read(char* data, size_t size) {
  in_flight_ = true;
  DoRead(data, size);
}

void Session::ReadMore() {
  if (in_flight_) return;
  if (in_begin_ == in_end_) {
    in_begin_ = in_end_ = 0;
    // A rested connection should not keep a big buffer.
    if (!parser_->started() && in_.size() > kReadBytes) {
      in_.resize(kReadBytes);
      in_.shrink_to_fit();
    }
  } else if (in_begin_ > 0) {
    std::memmove(in_.data(), in_.data() + in_begin_, in_end_ - in_begin_);
    in_end_ -= in_begin_;
    in_begin_ = 0;
  }
  if (in_end_ == in_.size()) in_.resize(std::min(in_.size() * 2, kReadBytesBody));
  Read(in_.data() + in_end_, in_.size() - in_end_);
}

void Session::OnRead(bool ok, size_t bytes) {
  in_flight_ = false;
  if (state_ == State::kLingering || state_ == State::kStreaming) {
    lingered_ += bytes;
    if (!ok || lingered_ > limits::kHttpLingerBytes) return CloseNow();
    if (state_ == State::kStreaming) return Read(in_.data(), in_.size());
    in_flight_ = true;
    return DoDiscard(in_.data(), in_.size());
  }
  if (!ok) return CloseNow();
  in_end_ += bytes;  // the next request, when this one is still handled
  if (state_ != State::kReading) return;
  // A body that fills the buffer deserves a bigger one.
  if (in_end_ == in_.size() && in_.size() < kReadBytesBody) in_.resize(kReadBytesBody);
  Parse();
}

void Session::Parse() {
  if (request_deadline_ == SteadyTime{}) {
    listener_->Wake(*this);
    SetDeadline(listener_->options.request_time);
    request_deadline_ = deadline_;
  }
  size_t consumed = 0;
  const auto outcome = parser_->Put(in_.data() + in_begin_, in_end_ - in_begin_, consumed);
  in_begin_ += consumed;
  if (outcome == RequestParser::Outcome::kRefused) return Refuse(parser_->refusal());
  if (const auto verdict = ReserveBody(); verdict != base::ByteShares::Verdict::kTaken) {
    return Refuse(StatusOf(verdict));
  }
  const bool complete = outcome == RequestParser::Outcome::kComplete;
  // Credentials should not lie about in the buffer of a resting connection.
  if (complete) std::fill_n(in_.begin(), in_begin_, '\0');
  if (complete && phase_ == Phase::kBody) return GiveBody();
  if (complete || (phase_ == Phase::kNone && AsksFirst())) return Dispatch();
  Continue();
}

// Whether the handler decides now whether the body is read.
bool Session::AsksFirst() const {
  if (listener_->options.bodies != Bodies::kOnDemand || !parser_->has_head()) return false;
  return parser_->expects_continue() || parser_->has_large_body();
}

void Session::Continue() {
  if (parser_->expects_continue() && !std::exchange(continued_, true)) {
    state_ = State::kContinuing;
    return DoWrite(kContinue.data(), kContinue.size(), nullptr, 0);
  }
  ReadMore();
}

base::ByteShares::Verdict Session::ReserveBody() {
  using Verdict = base::ByteShares::Verdict;
  const size_t have = parser_->request().body.size();
  if (have == 0) return Verdict::kTaken;
  if (!body_of_address_.begun()) body_of_address_.Begin(listener_->body_bytes, peer_key_);
  const Verdict verdict = body_of_address_.GrowTo(have);
  return verdict == Verdict::kTaken ? body_of_share_.GrowTo(have) : verdict;
}

int Session::StatusOf(base::ByteShares::Verdict verdict) {
  return verdict == base::ByteShares::Verdict::kShareIsUsed ? 429 : 503;
}

void Session::Dispatch() {
  const bool whole = parser_->complete();
  Request request = whole ? std::move(parser_->request()) : parser_->TakeHead();
  phase_ = whole ? Phase::kBody : Phase::kHead;
  request.body_waits = !whole;
  request.peer_ip = peer_ip_;
  request.tls = tls_;
  const std::string_view claimed = request.Find("x-request-id").value_or("");
  request_id_ = base::IsRequestId(claimed) ? std::string(claimed) : NewRequestId();
  request.request_id = request_id_;
  path_ = request.path;
  request.session = weak_from_this();
  request.serial = ++serial_;
  client_gone_ = nullptr;
  // What is left of a body that nobody takes stands in the way of the next request.
  keep_alive_ = whole && parser_->wants_keep_alive();
  takes_chunks_ = parser_->takes_chunks();
  head_ = parser_->is_head();
  gzip_ = parser_->accepts_gzip();
  state_ = State::kHandling;
  SetDeadline(listener_->options.answer_time);
  if (listener_->gone.load()) return CloseNow();
  listener_->handler(std::move(request), AnswerOnce(shared_from_this()));
}

void Session::TakeBody(uint64_t serial, std::string share, BodyTaker fn) {
  if (serial != serial_ || state_ != State::kHandling || phase_ != Phase::kHead) return;
  phase_ = Phase::kBody;
  parser_->ExpectBody();
  body_taker_ = std::move(fn);
  state_ = State::kReading;
  SetDeadline(listener_->options.request_time);
  request_deadline_ = deadline_;
  body_of_share_.Begin(listener_->body_bytes_of_shares, std::move(share));
  if (in_begin_ < in_end_) return Parse();
  Continue();
}

void Session::GiveBody() {
  keep_alive_ = parser_->wants_keep_alive();
  state_ = State::kHandling;
  SetDeadline(listener_->options.answer_time);
  if (listener_->gone.load()) return CloseNow();
  std::exchange(body_taker_, nullptr)(std::move(parser_->request().body));
}

std::string Session::NewRequestId() {
  return fmt::format("{}{:08x}", listener_->request_id_prefix,
                     static_cast<uint32_t>(listener_->request_number.fetch_add(1)));
}

void Session::Refuse(int status) {
  keep_alive_ = false;
  if (phase_ == Phase::kNone) {
    request_id_ = NewRequestId();
    head_ = parser_->is_head();
    path_ = parser_->request().path;
  }
  // What came of the body goes at once, and not when the client does.
  std::string().swap(parser_->request().body);
  Write(OwnAnswer(status));
}

Response Session::OwnAnswer(int status) const {
  const Refusal& refusal = listener_->options.refusal;
  Response response = refusal ? refusal(status, path_, request_id_) : PlainResponse(status);
  if (status == 429 || status == 503) response.headers.push_back({"Retry-After", "1"});
  return response;
}

void Session::AnswerNothing() {
  dropped_ = true;
  Answer(OwnAnswer(500));
}

void Session::OnDeadline() {
  switch (state_) {
    case State::kReading:
      // Nothing was asked yet: there is nothing to answer.
      if (!parser_->started()) return CloseNow();
      return Refuse(408);
    case State::kHandling:
      keep_alive_ = false;
      return Write(OwnAnswer(503));
    default:
      return CloseNow();
  }
}

void Session::DrainIfIdle() {
  if (stream_ != nullptr) return stream_->End();
  if (state_ == State::kHandshake || (state_ == State::kReading && !parser_->started())) CloseNow();
}

void Session::Evict() {
  loop_->Post([self = shared_from_this()] {
    if (self->state_ == State::kReading && !self->parser_->started()) self->CloseNow();
  });
}

void Session::CloseNow() {
  if (state_ == State::kClosed) return;
  EndHandshake();
  state_ = State::kClosed;
  body_of_address_.Reset();
  body_of_share_.Reset();
  answer_bytes_.Reset();
  body_taker_ = nullptr;
  if (stream_ != nullptr) stream_->Gone();
  if (client_gone_) std::exchange(client_gone_, nullptr)();
  DoClose();
  listener_->Wake(*this);
  listener_->Leave(peer_key_);
  loop_->Remove(this);
}

}  // namespace skyden::http
