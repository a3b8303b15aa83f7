/// What bug reports of a co-operative lantern-and-castle game are made of.
enum BugPhrases {
  static let things = [
    "Inventory", "Crafting bench", "Lantern fuel bar", "Co-op lobby", "Ferry to the Marsh", "Moth Queen fight",
    "Fishing minigame", "Photo mode", "Save slot preview", "Map marker", "Dialogue box", "Key binding menu",
    "Shopkeeper's stock", "Fog effect", "Rowing boat", "Spiral staircase in the Keep", "Controller vibration",
    "Subtitle track", "Colour-blind palette", "Overlay", "Cloud save", "Achievement pop-up", "Trade window",
    "Emote wheel",
    "Voice chat icon", "Guild banner", "Leaderboard", "Minimap", "Loading screen", "Autosave", "Torch shadow",
    "Water reflection", "Grappling hook", "Arrow physics", "Villager pathfinding", "Rope bridge", "Quest log",
    "Potion timer", "Night cycle", "Rain sound", "Chest in the Bell Tower", "Pet fox", "Blacksmith's quest",
    "Party health bar", "Text chat",
  ]
  static let faults = [
    "freezes for two seconds", "shows the wrong number", "disappears", "duplicates items", "never finishes loading",
    "is drawn behind the floor", "plays twice", "ignores the controller", "crashes the game", "resets to default",
    "flickers", "cannot be closed", "stays on screen", "eats the wrong lantern oil", "teleports players into the sea",
    "loses its sound", "counts backwards",
  ]
  static let circumstances = [
    "after fast travel", "when two players open it at once", "on ultrawide screens", "after switching windows",
    "if the language is changed mid-game", "in offline mode", "on a second playthrough", "while it rains",
    "with more than 99 lanterns", "on Steam Deck after sleep", "since patch 1.4.2", "when the guest leaves first",
    "below 30 FPS", "with HDR on", "in the tutorial", "after the Moth Queen falls", "with a Japanese keyboard",
  ]
  static let openings = [
    "Happened to me three times yesterday.", "My sister and I can both reproduce this.",
    "Found while streaming, so there is a clip.", "Not sure it is a bug, but it feels wrong.",
    "This used to work before the autumn update.", "Seen on two machines with different drivers.",
    "I reinstalled and verified the files, no change.", "First noticed in the beta branch.",
  ]
  static let steps = [
    "Start a new session, light the gate lantern and wait for nightfall.",
    "Invite a friend, let them open the chest first, then close the menu with Esc.",
    "Set the UI scale to 140 % and open the settings twice.",
    "Ride the ferry while the auto-save icon is spinning.",
    "Equip the brass hook, aim at the ceiling and press Jump twice.",
    "Put the machine to sleep for ten minutes and wake it again.",
    "Load a save from version 1.3 and talk to the blacksmith.",
  ]
  static let outcomes = [
    "Expected: the panel closes. Actual: it stays until the next loading screen.",
    "Expected: one item is used up. Actual: two are, and the counter says one.",
    "Expected: the sound stops. Actual: it goes on through the main menu.",
    "Expected: no hitch. Actual: 1,900 ms frame, then everybody jumps.",
    "Nothing in the log, but the frame time graph spikes to 240 ms.",
    "It is not game-breaking, only very loud.", "We lost about forty minutes of progress. 😿",
    "Restarting the client helps until the next fast travel.",
  ]
  static let logLines = [
    "[net] peer 3 acknowledged tick 88213 late by 412 ms", "[save] slot 2: checksum mismatch, using backup",
    "[render] swapchain recreated 3440x1440 HDR10", "[audio] voice 17 stolen by rain_loop_02",
    "[script] quest_bell_tower: state 4 -> 4 (ignored)", "[input] device 045e:0b13 lost, reconnecting",
    "[ai] villager_22 has no path to well_03, teleporting", "[ui] layout pass took 61 ms (budget 8 ms)",
  ]
  /// Titles as players of other languages wrote them.
  static let otherLanguages = [
    "Laterne geht beim Angeln einfach aus", "Speicherstand nach dem Ruhezustand weg", "Fährmann spricht zweimal",
    "Übersetzung fehlt im Handelsfenster", "Größe der Schrift ändert sich beim Laden",
    "Der Fuchs fällt durch den Boden des Glockenturms", "Ton knackt auf dem Steam Deck",
    "Zweiter Spieler sieht die Brücke nicht", "Menü reagiert erst nach ß-Eingabe", "Straßenlampen flackern bei Regen",
    "El farol se apaga al pescar", "La partida guardada desaparece al suspender la consola",
    "El ferry me deja en medio del agua", "¿Por qué el zorro atraviesa el suelo?",
    "Falta la traducción del menú de comercio", "El sonido de la lluvia no para nunca",
    "No se puede cerrar la rueda de gestos", "El jugador invitado no ve el puente de cuerda",
    "釣りの最中にランタンが消える", "スリープ復帰後にセーブデータが消失する", "渡し船の船頭が二回話す", "取引ウィンドウの翻訳が抜けている",
    "雨の音がタイトル画面でも止まらない", "鐘楼でキツネが床をすり抜ける", "字幕が日本語キーボードで文字化けする", "協力プレイで橋が見えない",
    "الفانوس ينطفئ أثناء الصيد", "اختفاء ملف الحفظ بعد وضع السكون", "نص الحوار يظهر من اليسار إلى اليمين",
    "لا يمكن إغلاق نافذة التبادل", "صوت المطر لا يتوقف أبدًا", "الثعلب يسقط عبر أرضية البرج",
    "قائمة الإعدادات مقطوعة في اللغة العربية",
  ]
  /// Titles that try out whoever shows them.
  static let awkward = [
    "", "@everyone gets pinged when a lobby is created",
    "<script>alert(\"lantern\")</script> works as a player name in the lobby",
    "**Bold** names and `code` _break_ the ~~chat~~ [link](https://example.com)", "🔥🔥 Torch burns forever 🔥🔥",
    "👩‍🚒👨‍👩‍👧‍👦🏳️‍🌈 emoji in guild names are cut in half", "# Heading in the quest log is shown as text",
    "Quest \"The \\'Quoted\\' Lantern\" & other names show &amp; and &lt;", "  Leading spaces in the title are kept  ",
    "When two players pick up the last lantern of the Bell Tower in the same tick while a third one is disconnecting "
      + "and the autosave runs, the lantern is given to nobody, the quest stays at 7 of 8 for the whole group, the "
      + "blacksmith refuses to talk, the gate can be opened by arrows only, and the only way out is to load the backup "
      + "from before the ferry, which costs about an hour (see the clip, from 1:12:30 on)",
  ]
}
