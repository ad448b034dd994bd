import Foundation
import Story

// A device that is led by lines: one command a line comes in, an answer of one line goes out (`plan` answers several,
// and `end`). So another program, in another language, can be the other device. What a command is, `Desk` says.
//
// `device FOLDER`; its keys live as long as it does.
guard CommandLine.arguments.count == 2 else {
    FileHandle.standardError.write(Data("which folder?\n".utf8))
    exit(64)
}
let desk = Desk(folder: URL(fileURLWithPath: CommandLine.arguments[1]))
while let line = readLine() {
    let answers = await desk.answer(line)
    // Not through a buffer: whoever waits for the answer gets it now.
    FileHandle.standardOutput.write(Data(answers.map { $0 + "\n" }.joined().utf8))
    if line == "quit" { break }
}
await desk.close()
