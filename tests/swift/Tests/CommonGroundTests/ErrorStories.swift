import CommonGroundKit
import Foundation
import Story

/// What leads to an error: at its end the story throws it, and `holds` says whether it tells what an app needs.
struct ErrorStory: Sendable {
    let tell: @Sendable (Scene) async throws -> Void
    let holds: @Sendable (CommonGroundError) -> Bool

    init(
        holding holds: @escaping @Sendable (CommonGroundError) -> Bool = { _ in true },
        _ tell: @escaping @Sendable (Scene) async throws -> Void
    ) {
        self.tell = tell
        self.holds = holds
    }
}

enum ErrorStories {
    static let all = opening.merging(journal) { one, _ in one }.merging(others) { one, _ in one }

    private static let opening: [ErrorName: ErrorStory] = [
        .noProfile: ErrorStory { _ = try await $0.open($0.place("nowhere"), MemoryVault()) },
        .profileExists: ErrorStory {
            try await $0.client().close()
            _ = try await $0.client()
        },
        .inUse: ErrorStory {
            _ = try await $0.client()
            _ = try await $0.open($0.place("mara"), $0.vault)
        },
        .wrongKey: ErrorStory(holding: { $0 == .WrongKey(file: .shared) }) {
            try await $0.client().close()
            $0.vault.keep(name: .shared, key: Data(repeating: 7, count: 32))
            _ = try await $0.open($0.place("mara"), $0.vault)
        },
        .damaged: ErrorStory(holding: { $0 == .Damaged(file: .shared) }) {
            try await $0.client().close()
            let file = $0.place("mara/shared.db")
            try Data(contentsOf: file).dropLast(1_000).write(to: file)
            _ = try await $0.open($0.place("mara"), $0.vault)
        },
        .newerFile: ErrorStory(holding: {
            if case .NewerFile(.private, let found, let known) = $0 { found > known } else { false }
        }) {
            try await $0.client().close()
            try Fixtures.put("private-newer", in: $0.place("mara"), $0.vault)
            _ = try await $0.open($0.place("mara"), $0.vault)
        },
        .vault: ErrorStory(holding: { $0 == .Vault(reason: "not now") }) {
            let refusing = ThrowingVault(error: CommonGroundError.Vault(reason: "not now"))
            _ = try await Home.create(
                $0.place("mara"), vault: refusing, profile: NewProfile(role: .client, displayName: "Mara"))
        },
        .internalMistake: ErrorStory(holding: { !"\($0)".contains("secret") }) {
            let broken = ThrowingVault(error: Surprise(secret: "a secret of the app"))
            _ = try await Home.create(
                $0.place("mara"), vault: broken, profile: NewProfile(role: .client, displayName: "Mara"))
        },
        .file: ErrorStory(holding: { !"\($0)".contains("a file") }) {
            _ = try $0.folder.write("", to: "a file")
            _ = try await Home.create(
                $0.place("a file/mara"), vault: $0.vault, profile: NewProfile(role: .client, displayName: "Mara"))
        },
        .backup: ErrorStory(holding: { $0 == .Backup(problem: .wrongPassphrase) }) {
            let home = try await $0.client()
            let file = $0.place("backup").path
            _ = try await home.ask {
                try $0.makeBackup(file: file, key: .passphrase(passphrase: "a river walk before the rain"))
            }
            _ = try checkBackup(file: file, secret: .passphrase(passphrase: "a walk along the canal at night"))
        },
        .closed: ErrorStory {
            let home = try await $0.client()
            await home.close()
            _ = try await home.journal { try $0.count() }
        },
    ]

    private static let journal: [ErrorName: ErrorStory] = [
        .locked: ErrorStory {
            let home = try await $0.client()
            try await home.ask { $0.lock() }
            _ = try await home.journal { try $0.count() }
        },
        .notFound: ErrorStory(holding: { $0 == .NotFound(what: .entry) }) {
            _ = try await $0.client().journal { try $0.entry(id: EntryId("019a0000-0000-7000-8000-000000000000")) }
        },
        .invalid: ErrorStory(holding: { $0 == .Invalid(field: "text", problem: .empty) }) {
            _ = try await $0.client().journal { try $0.add(entry: NewEntry(text: "")) }
        },
        .changed: ErrorStory(holding: { $0 == .Changed(what: .entry) }) {
            _ = try await $0.client().journal {
                let shown = try $0.add(entry: NewEntry(text: "First."))
                _ = try $0.edit(id: shown.id, shown: shown.revision, edit: EntryEdit(text: "Second."))
                return try $0.edit(id: shown.id, shown: shown.revision, edit: EntryEdit(text: "Third."))
            }
        },
        .importing: ErrorStory(holding: {
            if case .Import(1, _, "creationDate", _) = $0 { true } else { false }
        }) {
            let entry = #"{"uuid":"00000000000000000000000000000001","creationDate":"some day","text":"Words"}"#
            let file = try $0.folder.write(#"{"entries":[\#(entry)]}"#, to: "broken.json")
            _ = try await $0.client().journal { try $0.import(source: file, options: ImportOptions()) }
        },
        .pack: ErrorStory(holding: { if case .Pack(1, _, _) = $0 { true } else { false } }) {
            let file = try $0.folder.write(#"{"templates": ["#, to: "templates.json")
            _ = try await $0.client().journal { try $0.addTemplates(file: file) }
        },
        .fileExists: ErrorStory {
            let file = try $0.folder.write("precious", to: "export.json")
            _ = try await $0.client().journal {
                try $0.export(
                    destination: file, format: .commonGround, filter: EntryFilter(), options: ExportOptions(),
                    told: .anyoneCanReadIt)
            }
        },
        .cancelled: ErrorStory {
            let file = try $0.folder.dayOneExport(days: 1)
            _ = try await $0.client().journal {
                try $0.import(source: file, options: ImportOptions(), progress: Listening { false })
            }
        },
        .diskFull: ErrorStory {
            let file = try $0.folder.write(String(repeating: "photo", count: 2_000), to: "photo.jpg")
            _ = try await $0.client().journal {
                let photo = try $0.takeInFile(file: file).attachment
                return try $0.handOutAttachment(attachment: photo, sink: FullSink())
            }
        },
        .carry: ErrorStory(holding: { $0 == .Carry(problem: .notCarried) }) {
            let file = try $0.folder.write("Dear diary", to: "letter.txt")
            _ = try await $0.client().ask { try $0.carryIn(file: file) }
        },
        .pairing: ErrorStory(holding: { $0 == .Pairing(problem: .notATicket) }) {
            _ = try await $0.client().goOnline(.thisMachine).redeem(ticket: "nonsense")
        },
    ]

    private static let others: [ErrorName: ErrorStory] = [
        .openChoice: ErrorStory { scene in
            let (two, id) = try await scene.paired()
            let goal = try await two.mara.home.plan(id) { try $0.proposeGoal(goal: NewGoal(title: "Sleep")).summary.id }
            try await two.exchange(id)
            await two.goOffline()
            for (device, title) in [(two.mara, "Sleep through"), (two.doctor, "Sleep longer")] {
                try await device.home.plan(id) {
                    _ = try $0.editGoal(id: goal, shown: $0.version(), edit: GoalEdit(title: title))
                }
            }
            try await two.carry(id, in: scene.folder)
            try await two.mara.home.plan(id) { _ = try $0.agree(goal: goal, shown: $0.goal(id: goal).digest) }
        },
        .notAllowed: ErrorStory(holding: {
            if case .NotAllowed(let rule) = $0 { rule.contains("ratings") } else { false }
        }) { scene in
            let (two, id) = try await scene.paired()
            let rating = try await two.mara.home.plan(id) {
                let goal = try $0.proposeGoal(goal: NewGoal(title: "Sleep")).summary.id
                return try $0.rate(goal: goal, rating: NewRating(value: 4))
            }
            try await two.exchange(id)
            try await two.doctor.home.plan(id) { try $0.takeBackRating(id: rating) }
        },
        .notShared: ErrorStory { scene in
            let (two, id) = try await scene.paired()
            _ = try await two.mara.home.ask { try $0.pause(relationship: id) }
            _ = try await two.mara.online().exchange(relationship: id, patienceSeconds: 1)
        },
        .notTogether: ErrorStory { scene in
            let (two, id) = try await scene.paired()
            try await two.mara.home.ask {
                let sitting = try $0.sitTogether(relationship: id)
                let goal = try $0.plan(relationship: id).proposeGoal(goal: NewGoal(title: "Sleep"))
                _ = try sitting.typeIn(goal: goal.summary.id, text: .why, shown: goal.version, words: "T")
            }
        },
        .unreachable: ErrorStory { scene in
            let (two, id) = try await scene.paired()
            await two.doctor.home.goOffline()
            _ = try await two.mara.online().exchange(relationship: id, patienceSeconds: 1)
        },
        .parcel: ErrorStory(holding: { $0 == .Parcel(problem: .takenBack) }) { scene in
            let (two, id) = try await scene.paired()
            let parcel = try await two.handOver("The tram was full.", in: id)
            try await two.mara.home.sharing(id) { try $0.takeBack(parcel: parcel) }
            try await two.exchange(id)
            _ = try await two.doctor.home.sharing(id) { try $0.open(parcel: parcel) }
        },
        .tooMuchHandedOver: ErrorStory { scene in
            let (two, id) = try await scene.paired()
            let parcel = try await two.handOver("The tram was full.", in: id)
            try await two.doctor.home.sharing(id) { sharing in
                _ = try sharing.open(parcel: parcel)
                for number in 1...201 { _ = try sharing.comment(parcel: parcel, text: "Comment \(number)") }
            }
        },
        .replaced: ErrorStory { scene in
            let (two, id) = try await scene.paired()
            try await two.exchange(id)
            await two.mara.home.goOffline()
            let (file, words) = (scene.place("backup").path, "a river walk before the rain")
            _ = try await two.mara.home.ask { try $0.makeBackup(file: file, key: .passphrase(passphrase: words)) }
            let (place, vault) = (scene.place("new phone"), MemoryVault())
            _ = try restoreBackup(
                file: file, secret: .passphrase(passphrase: words), folder: place.path, vault: vault)
            let newPhone = try await scene.open(place, vault).goOnline(.thisMachine)
            _ = try await newPhone.exchange(relationship: id, patienceSeconds: 30)

            let former = try await two.mara.home.goOnline(.thisMachine)
            _ = try await former.exchange(relationship: id, patienceSeconds: 30)
        },
    ]
}

extension TwoPeople {
    /// Both write what the other has not got into files and take in each other's.
    func carry(_ relationship: RelationshipId, in folder: TemporaryFolder) async throws {
        let (out, back) = (folder.path("out"), folder.path("back"))
        _ = try await mara.home.ask { try $0.carryOut(relationship: relationship, file: out) }
        try await doctor.home.ask {
            _ = try $0.carryIn(file: out)
            _ = try $0.carryOut(relationship: relationship, file: back)
        }
        _ = try await mara.home.ask { try $0.carryIn(file: back) }
    }

    /// Mara writes something, hands it over, and it arrives.
    func handOver(_ text: String, in relationship: RelationshipId) async throws -> ParcelId {
        let entry = try await mara.home.journal { try $0.add(entry: NewEntry(text: text)).id }
        let parcel = try await mara.home.sharing(relationship) {
            let draft = ExcerptDraft(entry: entry)
            return try $0.handOver(draft: draft, seen: $0.preview(draft: draft).digest)
        }
        try await exchange(relationship)
        return parcel
    }
}

/// The app has no room where a photo should go.
private final class FullSink: AttachmentSink {
    func write(bytes: Data) throws {
        throw CommonGroundError.DiskFull
    }
}
