#include "engine/RedisConnection.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/raw_ostream.h"
#include <chrono>
#include <csignal>
#include <fcntl.h>
#include <future>
#include <hiredis/hiredis.h>
#include <poll.h>
#include <thread>

using namespace llvm;

namespace torchtidy {
namespace {

using Clock = std::chrono::steady_clock;

constexpr timeval ConnectTimeout{0, 250'000};
constexpr std::chrono::milliseconds LookupAndConnectTimeout{500};
constexpr std::chrono::milliseconds AnswerTimeout{1000}; // for all commands of an exchange
constexpr size_t MaxAnswer = 16 << 20;
constexpr size_t MaxItems = 1024;

Error errorOf(const Twine &Cause) {
  return createStringError(inconvertibleErrorCode(), "%s", Cause.str().c_str());
}

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
    return errorOf("no password stands after the user's name");
  auto User = percentDecoded(Text.split(':').first);
  auto Password = percentDecoded(Text.split(':').second);
  if (!User || !Password)
    return errorOf("a % in user or password is not followed by two hexadecimal digits");
  Address.User = *User;
  Address.Password = *Password;
  return Error::success();
}

Error parseHostAndPort(StringRef Text, RedisAddress &Address) {
  StringRef Host, Port;
  if (Text.consume_front("[")) {
    std::tie(Host, Port) = Text.split(']');
    if (!Port.empty() && !Port.consume_front(":"))
      return errorOf("something other than a port stands after the host");
  } else {
    std::tie(Host, Port) = Text.split(':');
  }
  if (Host.empty())
    return errorOf("the host is missing");
  Address.Host = Host.str();
  if (!Port.empty() && (Port.getAsInteger(10, Address.Port) || Address.Port == 0 ||
                        Address.Port > std::numeric_limits<uint16_t>::max()))
    return errorOf("the port '" + Port + "' is no number from 1 to 65535");
  return Error::success();
}

// Writing to a server that has gone must not end this process.
class IgnoreBrokenPipe {
public:
  IgnoreBrokenPipe() {
    struct sigaction Ignore{};
    Ignore.sa_handler = SIG_IGN;
    ::sigaction(SIGPIPE, &Ignore, &Before);
  }
  ~IgnoreBrokenPipe() { ::sigaction(SIGPIPE, &Before, nullptr); }

private:
  struct sigaction Before;
};

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

// Looking up a name takes no time limit: in a thread of its own, left behind if it is late.
redisContext *connectInTime(const RedisAddress &Address) {
  std::packaged_task<redisContext *()> Connect([Host = Address.Host, Port = int(Address.Port)] {
    return redisConnectWithTimeout(Host.c_str(), Port, ConnectTimeout);
  });
  std::future<redisContext *> Made = Connect.get_future();
  std::thread(std::move(Connect)).detach();
  return Made.wait_for(LookupAndConnectTimeout) == std::future_status::ready ? Made.get() : nullptr;
}

} // namespace

// What a server says may be anything, and is going to be shown on a terminal.
Error refusal(const RedisReply &Reply) {
  constexpr size_t MaxShown = 200;
  std::string Text;
  raw_string_ostream OS(Text);
  printEscapedString(StringRef(Reply.Value).take_front(MaxShown), OS);
  return errorOf("it answers '" + Text + "'");
}

std::string RedisAddress::name() const {
  bool IsIPv6 = StringRef(Host).contains(':');
  return "redis://" + (IsIPv6 ? "[" + Host + "]" : Host) + ":" + std::to_string(Port) + "/" +
         std::to_string(Database);
}

Expected<RedisAddress> parseRedisUrl(StringRef Url) {
  if (Url.starts_with("rediss://"))
    return errorOf("TLS (rediss://) is not supported; a tunnel such as stunnel adds it");
  if (!Url.consume_front("redis://"))
    return errorOf("it does not start with redis://");
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
    return errorOf("the database '" + Database + "' is no number");
  return Address;
}

void RedisConnection::Close::operator()(redisContext *Context) const { redisFree(Context); }

Error RedisConnection::failure() const {
  // A reply that createShortFlatArray refused.
  if (Context->err == REDIS_ERR_OOM)
    return errorOf("it does not answer as a Redis server does");
  return errorOf(Context->errstr);
}

Expected<RedisConnection> RedisConnection::open(const RedisAddress &Address) {
  RedisConnection Result(connectInTime(Address));
  redisContext *Context = Result.Context.get();
  if (!Context)
    return errorOf("no connection within " + Twine(LookupAndConnectTimeout.count()) + " ms");
  if (Context->err)
    return Result.failure();
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
  IgnoreBrokenPipe Guard;
  Clock::time_point Deadline = Clock::now() + AnswerTimeout;
  for (const RedisCommand &Command : Commands) {
    std::vector<const char *> Arguments;
    std::vector<size_t> Sizes;
    for (const std::string &Argument : Command) {
      Arguments.push_back(Argument.data());
      Sizes.push_back(Argument.size());
    }
    if (redisAppendCommandArgv(Context.get(), int(Command.size()), Arguments.data(),
                               Sizes.data()) != REDIS_OK)
      return failure();
  }
  std::vector<RedisReply> Replies;
  int Sent = 0;
  while (Replies.size() < Commands.size()) {
    void *Raw = nullptr;
    if (redisGetReplyFromReader(Context.get(), &Raw) != REDIS_OK)
      return failure();
    if (Raw) {
      Replies.push_back(takeReply(static_cast<redisReply *>(Raw)));
      continue;
    }
    if (Context->reader->len - Context->reader->pos > MaxAnswer)
      return errorOf("its answer is longer than any that was stored");
    auto Left =
        std::chrono::duration_cast<std::chrono::milliseconds>(Deadline - Clock::now()).count();
    pollfd End{Context->fd, short(POLLIN | (Sent ? 0 : POLLOUT)), 0};
    if (Left <= 0 || ::poll(&End, 1, int(Left)) == 0)
      return errorOf("no complete answer within " + Twine(AnswerTimeout.count()) + " ms");
    if ((End.revents & POLLOUT) && redisBufferWrite(Context.get(), &Sent) != REDIS_OK)
      return failure();
    if ((End.revents & ~POLLOUT) && redisBufferRead(Context.get()) != REDIS_OK)
      return failure();
  }
  return Replies;
}

} // namespace torchtidy
