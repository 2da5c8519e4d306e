import ArgumentParser
import FoundationEssentials
import GradingCore

struct SendTestCallbackCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "send-test-callback",
        abstract: "Sign a callback and send it to a running server.",
        usage: "grading-monitor send-test-callback <task-id> --status <word> [<options>]",
        discussion: """
            The secret is the first of WEBHOOK_SECRETS; the server is taken from HTTP_HOST and HTTP_PORT. Prints the status and \
            the body of each answer. Exit status 0 when all are 2xx (with --bad-signature: 401), 1 when not, 69 without an answer.

              export WEBHOOK_SECRETS=whsec_...
              grading-monitor send-test-callback TASK_ID --status COMPLETED --duplicate 2
            """
    )

    @Argument(help: ArgumentHelp("The task: 1 to 128 of A-Z a-z 0-9 . _ -", valueName: "task-id"))
    var task: TaskID

    @Option(help: ArgumentHelp("The grading server's word: COMPLETED, FAILED, PROCESSING, SUCCESS, ...", valueName: "word"))
    var status: String

    @Option(help: "How to sign: standard, github or stripe.")
    var scheme: SignatureScheme = .standard

    @Option(help: ArgumentHelp("Send the same delivery this many times more.", valueName: "n"))
    var duplicate = 0

    @Flag(help: "Sign with another secret; the server must answer 401.")
    var badSignature = false

    @Option(help: ArgumentHelp("Send it here (default: /api/webhooks/grading at HTTP_HOST and HTTP_PORT).", valueName: "url"))
    var url: String?

    @Option(
        help: ArgumentHelp(
            "Sign with this. WEBHOOK_SECRETS is safer: others can read flags in the process list.",
            valueName: "secret"
        )
    )
    var secret: String?

    @OptionGroup var common: CommonOptions

    func validate() throws {
        guard (0...10_000).contains(duplicate) else { throw ValidationError("--duplicate is a number from 0 to 10000.") }
    }

    func run() async throws {
        let reader = try await common.sources().reader()
        let target = try await CallbackTarget(reader, url: url, secret: secret)
        let signer = try target.signer(scheme, forging: badSignature)
        let callback = TestCallback(
            task: task,
            status: status,
            id: "msg_\(UUID().uuidString)",
            time: WallClock.system.now(),
            signer: signer
        )
        let answers = try await TestCallbackSender(url: target.url).send(callback, times: 1 + duplicate)
        for answer in answers { StandardStreams.output("\(answer.status) \(LogText.escaped(answer.body))") }
        guard answers.allSatisfy({ badSignature ? $0.status == 401 : (200..<300).contains($0.status) }) else {
            throw ExitCode(ExitStatus.failure.rawValue)
        }
    }
}

extension SignatureScheme: ExpressibleByArgument {}
