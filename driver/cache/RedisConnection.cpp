#include "cache/RedisConnection.h"
#include "support/IgnoredPipeSignal.h"
#include "support/Messages.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/Errno.h"
#include "llvm/Support/raw_ostream.h"
#include <chrono>
#include <csignal>
#include <fcntl.h>
#include <hiredis/hiredis.h>
#include <netdb.h>
#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>

using namespace llvm;

namespace torchtidy {
namespace {

using Clock = std::chrono::steady_clock;

using std::chrono::milliseconds;

constexpr timeval ConnectTimeout{0, 250'000};
constexpr milliseconds LookupAndConnectTimeout{500};
constexpr milliseconds AnswerTimeout{1000};
constexpr size_t BytesPerMillisecond = 128; // of the slowest link that is worth the while
constexpr size_t MaxAnswer = 16 << 20;
constexpr size_t MaxLine = 64 << 10;
constexpr size_t MaxItems = 1024;

std::optional<std::string> percentDecoded(StringRef Text) {
  std::string Result;
  while (!Text.empty()) {
    if (!Text.consume_front("%")) {
      Result += Text.front();
      Text = Text.drop_front();
      continue;
    }
    uint8_t Byte = 0;
    if (Text.size() < 2 || Text.take_front(2).getAsInteger(16, Byte))
      return std::nullopt;
    Result += char(Byte);
    Text = Text.drop_front(2);
  }
  return Result;
}

Error parseCredentials(StringRef Text, RedisAddress &Address) {
  if (!Text.contains(':'))
    return failure("no password stands after the user's name");
  auto User = percentDecoded(Text.split(':').first);
  auto Password = percentDecoded(Text.split(':').second);
  if (!User || !Password)
    return failure("a % in user or password is not followed by two hexadecimal digits");
  Address.User = *User;
  Address.Password = *Password;
  return Error::success();
}

Error parseHostAndPort(StringRef Text, RedisAddress &Address) {
  StringRef Host, Port;
  if (Text.consume_front("[")) {
    if (!Text.contains(']'))
      return failure("the host's '[' has no ']'");
    std::tie(Host, Port) = Text.split(']');
    if (!Port.empty() && !Port.consume_front(":"))
      return failure("something other than a port stands after the host");
  } else {
    std::tie(Host, Port) = Text.split(':');
  }
  if (Host.empty())
    return failure("the host is missing");
  Address.Host = Host.str();
  if (!Port.empty() && (Port.getAsInteger(10, Address.Port) || Address.Port == 0 ||
                        Address.Port > std::numeric_limits<uint16_t>::max()))
    return failure("the port '" + Port + "' is no number from 1 to 65535");
  return Error::success();
}

const redisReplyObjectFunctions &hiredisFunctions() {
  static const redisReplyObjectFunctions Functions = [] {
    redisReader *Reader = redisReaderCreate();
    redisReplyObjectFunctions Result = *Reader->fn;
    redisReaderFree(Reader);
    return Result;
  }();
  return Functions;
}

// hiredis allocates what the head of an array claims and follows arrays in arrays without end.
// Count is an int or a size_t, depending on its version.
template <typename T> void *createShortFlatArray(const redisReadTask *Task, T Count) {
  if (Task->parent || size_t(Count) > MaxItems)
    return nullptr;
  return hiredisFunctions().createArray(Task, Count);
}

RedisReply takeReply(redisReply *Raw) {
  std::unique_ptr<redisReply, void (*)(void *)> Owner(Raw, freeReplyObject);
  RedisReply Reply;
  switch (Raw->type) {
  case REDIS_REPLY_STRING:
  case REDIS_REPLY_STATUS:
    Reply.Kind = RedisReply::Text;
    Reply.Value.assign(Raw->str, Raw->len);
    break;
  case REDIS_REPLY_ERROR:
    Reply.Kind = RedisReply::Error;
    Reply.Value.assign(Raw->str, Raw->len);
    break;
  case REDIS_REPLY_ARRAY:
    Reply.Kind = RedisReply::List;
    for (const redisReply *Item : ArrayRef(Raw->element, Raw->elements))
      if (Item->type == REDIS_REPLY_STRING)
        Reply.Items.emplace_back(Item->str, Item->len);
    break;
  default:
    break;
  }
  return Reply;
}

milliseconds until(Clock::time_point Deadline) {
  return std::chrono::ceil<milliseconds>(Deadline - Clock::now());
}

// Prints the host's addresses, a line each, or ends with the code of getaddrinfo's error.
[[noreturn]] void printAddresses(const std::string &Host, int FD) {
  addrinfo Hints{}, *List = nullptr;
  Hints.ai_socktype = SOCK_STREAM;
  int Code = ::getaddrinfo(Host.c_str(), nullptr, &Hints, &List);
  for (addrinfo *A = List; A; A = A->ai_next) {
    char Text[NI_MAXHOST];
    if (!::getnameinfo(A->ai_addr, A->ai_addrlen, Text, sizeof Text, nullptr, 0, NI_NUMERICHOST))
      ::dprintf(FD, "%s\n", Text);
  }
  ::_exit(-Code);
}

// Nothing if the other end is not closed by then.
std::optional<std::string> readUntil(Clock::time_point Deadline, int FD) {
  std::string Text;
  char Buffer[1024];
  pollfd End{FD, POLLIN, 0};
  while (until(Deadline).count() > 0) {
    int Ready = ::poll(&End, 1, int(until(Deadline).count()));
    ssize_t Size =
        Ready > 0 ? sys::RetryAfterSignal(-1, ::read, FD, &Buffer[0], sizeof Buffer) : -1;
    if (Size == 0)
      return Text;
    if (Size > 0)
      Text.append(Buffer, size_t(Size));
  }
  return std::nullopt;
}

// Looking up a name takes no time limit: in a process of its own, killed if it is late. A thread
// could not be ended, and the run's workers are forked.
Expected<std::string> addressesOf(const std::string &Host, Clock::time_point Deadline) {
  int Ends[2];
  if (::pipe2(Ends, O_CLOEXEC) != 0)
    return failure("no pipe for looking up its name");
  pid_t Child = ::fork();
  if (Child == 0)
    printAddresses(Host, Ends[1]);
  ::close(Ends[1]);
  auto Addresses = Child > 0 ? readUntil(Deadline, Ends[0]) : std::nullopt;
  ::close(Ends[0]);
  if (Child < 0)
    return failure("no process for looking up its name");
  if (!Addresses)
    ::kill(Child, SIGKILL);
  int Status = 0;
  sys::RetryAfterSignal(-1, ::waitpid, Child, &Status, 0);
  if (!Addresses)
    return failure("its name was not found within " + Twine(LookupAndConnectTimeout.count()) +
                   " ms");
  if (Addresses->empty())
    return failure(::gai_strerror(-WEXITSTATUS(Status)));
  return std::move(*Addresses);
}

// To the first of the host's addresses that lets it.
Expected<redisContext *> connectInTime(const RedisAddress &Address) {
  Clock::time_point Deadline = Clock::now() + LookupAndConnectTimeout;
  auto Addresses = addressesOf(Address.Host, Deadline);
  if (!Addresses)
    return Addresses.takeError();
  std::string Cause;
  for (StringRef Left = *Addresses; !Left.empty() && until(Deadline).count() > 0;) {
    auto [Line, Rest] = Left.split('\n');
    Left = Rest;
    redisContext *Context =
        redisConnectWithTimeout(Line.str().c_str(), int(Address.Port), ConnectTimeout);
    if (Context && !Context->err)
      return Context;
    Cause = Context ? Context->errstr : "out of memory";
    redisFree(Context);
  }
  return failure(Cause);
}

// How long to wait for the next byte of an answer: a server that is silent or drips is given up,
// a slow link is not.
class Patience {
public:
  explicit Patience(size_t RequestBytes) : Unanswered(RequestBytes), Moved(RequestBytes) {}

  void answered(size_t RequestBytes) { Unanswered -= RequestBytes; }
  void received(size_t Bytes) {
    Moved += Bytes;
    LastByte = Clock::now();
  }
  void sent() { LastByte = Clock::now(); }

  milliseconds left() const {
    return until(std::min(LastByte + allowance(Unanswered), Start + allowance(Moved)));
  }

private:
  static milliseconds allowance(size_t Bytes) {
    return AnswerTimeout + milliseconds(Bytes / BytesPerMillisecond);
  }

  Clock::time_point Start = Clock::now(), LastByte = Start;
  size_t Unanswered, Moved;
};

size_t sizeOf(const RedisCommand &Command) {
  size_t Size = 0;
  for (const std::string &Argument : Command)
    Size += Argument.size();
  return Size;
}

} // namespace

// What a server says may be anything, and is going to be shown on a terminal.
Error refusal(const RedisReply &Reply) {
  constexpr size_t MaxShown = 200;
  std::string Text;
  raw_string_ostream OS(Text);
  printEscapedString(StringRef(Reply.Value).take_front(MaxShown), OS);
  return failure("it answers '" + Text + "'");
}

std::string RedisAddress::name() const {
  bool IsIPv6 = StringRef(Host).contains(':');
  return "redis://" + (IsIPv6 ? "[" + Host + "]" : Host) + ":" + std::to_string(Port) + "/" +
         std::to_string(Database);
}

Expected<RedisAddress> parseRedisUrl(StringRef Url) {
  if (Url.starts_with("rediss://"))
    return failure("TLS (rediss://) is not supported; a tunnel such as stunnel adds it");
  if (!Url.consume_front("redis://"))
    return failure("it does not start with redis://");
  RedisAddress Address;
  if (size_t At = Url.rfind('@'); At != StringRef::npos) {
    if (Error E = parseCredentials(Url.take_front(At), Address))
      return std::move(E);
    Url = Url.drop_front(At + 1);
  }
  auto [HostAndPort, Database] = Url.split('/');
  if (Error E = parseHostAndPort(HostAndPort, Address))
    return std::move(E);
  if (!Database.empty() && Database.getAsInteger(10, Address.Database))
    return failure("the database '" + Database + "' is no number");
  return Address;
}

void RedisConnection::Close::operator()(redisContext *Context) const { redisFree(Context); }

Error RedisConnection::trouble() const {
  // A reply that createShortFlatArray refused.
  if (Context->err == REDIS_ERR_OOM)
    return failure("it does not answer as a Redis server does");
  return failure(Context->errstr);
}

Expected<RedisConnection> RedisConnection::open(const RedisAddress &Address) {
  auto Connected = connectInTime(Address);
  if (!Connected)
    return Connected.takeError();
  redisContext *Context = *Connected;
  RedisConnection Result(Context);
  Context->flags &= ~REDIS_BLOCK;
  ::fcntl(Context->fd, F_SETFL, ::fcntl(Context->fd, F_GETFL) | O_NONBLOCK);
  static redisReplyObjectFunctions Functions = [] {
    redisReplyObjectFunctions Bounded = hiredisFunctions();
    Bounded.createArray = createShortFlatArray;
    return Bounded;
  }();
  Context->reader->fn = &Functions;

  std::vector<RedisCommand> Greeting;
  if (!Address.User.empty())
    Greeting.push_back({"AUTH", Address.User, Address.Password});
  else if (!Address.Password.empty())
    Greeting.push_back({"AUTH", Address.Password});
  if (Address.Database)
    Greeting.push_back({"SELECT", std::to_string(Address.Database)});
  Greeting.push_back({"PING"});
  auto Replies = Result.exchange(Greeting);
  if (!Replies)
    return Replies.takeError();
  for (const RedisReply &Reply : *Replies)
    if (Reply.Kind == RedisReply::Error)
      return refusal(Reply);
  return std::move(Result);
}

Expected<std::vector<RedisReply>> RedisConnection::exchange(ArrayRef<RedisCommand> Commands) {
  IgnoredPipeSignal NoPipeSignal;
  size_t RequestBytes = 0;
  for (const RedisCommand &Command : Commands) {
    std::vector<const char *> Arguments;
    std::vector<size_t> Sizes;
    for (const std::string &Argument : Command) {
      Arguments.push_back(Argument.data());
      Sizes.push_back(Argument.size());
    }
    if (redisAppendCommandArgv(Context.get(), int(Command.size()), Arguments.data(),
                               Sizes.data()) != REDIS_OK)
      return trouble();
    RequestBytes += sizeOf(Command);
  }
  Patience Wait(RequestBytes);
  std::vector<RedisReply> Replies;
  int Sent = 0;
  while (Replies.size() < Commands.size()) {
    void *Raw = nullptr;
    if (redisGetReplyFromReader(Context.get(), &Raw) != REDIS_OK)
      return trouble();
    if (Raw) {
      Wait.answered(sizeOf(Commands[Replies.size()]));
      Replies.push_back(takeReply(static_cast<redisReply *>(Raw)));
      continue;
    }
    StringRef Unread(Context->reader->buf + Context->reader->pos,
                     Context->reader->len - Context->reader->pos);
    // hiredis looks for the end of a line from its beginning each time.
    bool IsEndlessLine = Unread.size() > MaxLine && !Unread.take_front(MaxLine).contains('\n');
    if (Unread.size() > MaxAnswer || IsEndlessLine)
      return failure("its answer is longer than any that was stored");
    int Left = int(Wait.left().count());
    pollfd End{Context->fd, short(POLLIN | (Sent ? 0 : POLLOUT)), 0};
    if (Left <= 0 || ::poll(&End, 1, Left) == 0)
      return failure("it is silent for " + Twine(AnswerTimeout.count()) +
                     " ms or slower than 1 Mbit/s");
    if (End.revents & POLLOUT) {
      if (redisBufferWrite(Context.get(), &Sent) != REDIS_OK)
        return trouble();
      Wait.sent();
    }
    if (End.revents & ~POLLOUT) {
      size_t Before = Context->reader->len;
      if (redisBufferRead(Context.get()) != REDIS_OK)
        return trouble();
      Wait.received(Context->reader->len - Before);
    }
  }
  return Replies;
}

} // namespace torchtidy
