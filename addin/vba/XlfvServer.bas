Attribute VB_Name = "XlfvServer"
Option Explicit
Option Private Module
'From a cell to Python and back.
'  - A range is read in one go (Value2: dates as serial numbers, error cells as errors) and goes over as plain values with
'    its address beside it; nothing calls back into Excel while a cell is calculated.
'  - An error comes back as a marked text and is shown as a real error, so that SUM over it fails.
'  - Long work replies with a ticket: its words are shown in the status bar until it is done; Esc stops it.
'  - A lost server is started again, once, and the call repeated.

Private Const ENTRY As String = "@MODULE@"
Private Const FAILED As Long = vbObjectError + 1002
Private Const ESCAPE As Long = 18
Private Const MANY As Double = 100000
Private Const LOST As String = "Python was lost while it worked. If it was writing, the workbook may be half changed: close it without saving and open it again before you go on."

Private server As Object
Private presses As Long
Private escaped As Boolean

'---- For cells

Public Function XlfvAnswer(ByVal FunctionName As String, ParamArray Given() As Variant) As Variant
    Dim args As Variant, places As Variant, reply As Variant, k As Long, home As Range
    On Error GoTo failure
    args = Array()
    places = Array()
    If UBound(Given) >= 0 Then
        ReDim args(0 To UBound(Given))
        ReDim places(0 To UBound(Given))
        For k = 0 To UBound(Given)
            args(k) = ValueOf(Given(k))
            places(k) = PlaceOf(Given(k))
        Next k
    End If
    Set home = CallingCell()
    args = Array(FunctionName, args, places, PlaceOf(home), FolderOf(home))
    reply = Awaited(Ask("answer", args))
    If IsMarked(reply, "GONE") Then reply = Awaited(Ask("answer", args)) 'the server was lost while it worked
    If IsMarked(reply, "GONE") Then Err.Raise FAILED, "xlfv", "Python was lost twice"
    XlfvAnswer = Shown(reply)
    Exit Function
failure:
    'These two can say what is wrong; every other cell shows an error, as a number made up here would be worse.
    If FunctionName = "XLFV_WHY" Or FunctionName = "XLFV_ABOUT" Then
        XlfvAnswer = "xlfv does not answer: " & Err.Description & " -> run in a command window: xlfv doctor"
    Else
        XlfvAnswer = CVErr(xlErrValue)
    End If
End Function

Private Function ValueOf(Optional ByVal Given As Variant) As Variant
    Dim area As Range
    If Not IsObject(Given) Then
        ValueOf = Given
    ElseIf Not TypeOf Given Is Range Then
        ValueOf = CVErr(xlErrValue)
    Else
        Set area = Given
        If area.Areas.Count = 1 Then ValueOf = Trimmed(area).Value2
    End If
End Function

'The address of a range's first cell, with its workbook; of several areas, a mark that Python refuses.
Private Function PlaceOf(Optional ByVal Given As Variant) As String
    Dim area As Range
    If Not IsObject(Given) Then Exit Function
    If Given Is Nothing Then Exit Function
    If Not TypeOf Given Is Range Then Exit Function
    Set area = Given
    If area.Areas.Count > 1 Then
        PlaceOf = Chr$(26) & "AREAS"
    Else
        PlaceOf = area.Cells(1, 1).Address(External:=True)
    End If
End Function

'A whole column is a million cells; those past the sheet's last used one are blank.
Private Function Trimmed(ByVal Area As Range) As Range
    Dim used As Range, deep As Long, wide As Long
    Set Trimmed = Area
    If Area.CountLarge < MANY Then Exit Function
    Set used = Area.Worksheet.UsedRange
    deep = Between(used.Row + used.Rows.Count - Area.Row, Area.Rows.Count)
    wide = Between(used.Column + used.Columns.Count - Area.Column, Area.Columns.Count)
    Set Trimmed = Area.Resize(deep, wide)
End Function

Private Function Between(ByVal Wanted As Long, ByVal Most As Long) As Long
    Between = Wanted
    If Between > Most Then Between = Most
    If Between < 1 Then Between = 1
End Function

Private Function CallingCell() As Range
    If IsObject(Application.Caller) Then
        If TypeOf Application.Caller Is Range Then Set CallingCell = Application.Caller
    End If
End Function

Private Function FolderOf(ByVal Area As Range) As String
    If Not Area Is Nothing Then FolderOf = Area.Worksheet.Parent.Path
End Function

'---- For buttons

Public Sub XlfvDo(ByVal Button As String, ByVal Book As Workbook)
    Dim reply As Variant, calculation As Long, events As Boolean, drawing As Boolean, words As String
    calculation = Application.Calculation
    events = Application.EnableEvents
    drawing = Application.ScreenUpdating
    On Error GoTo failure
    presses = presses + 1
    Ask "stop", Array("") 'a server lost long ago is started again here, where nothing is lost with it
    reply = Awaited(Ask("press", Array(Button, Book, Format$(Now, "yyyymmddhhnnss") & "-" & CStr(presses)), False), False)
    GiveBack calculation, events, drawing
    If IsMarked(reply, "BAD") Then
        Say Unmarked(reply, "BAD"), vbExclamation
    ElseIf IsMarked(reply, "GONE") Then
        Say LOST, vbExclamation
    ElseIf Len(reply) > 0 Then
        Say reply, vbInformation
    End If
    Exit Sub
failure:
    words = Err.Description
    GiveBack calculation, events, drawing
    Say words & vbLf & vbLf & "Run in a command window: xlfv doctor", vbExclamation
End Sub

'Python sets these while it writes; were it lost then, nobody else would set them back.
Private Sub GiveBack(ByVal Calculation As Long, ByVal Events As Boolean, ByVal Drawing As Boolean)
    On Error Resume Next
    If Application.Calculation <> Calculation Then Application.Calculation = Calculation
    If Application.EnableEvents <> Events Then Application.EnableEvents = Events
    If Application.ScreenUpdating <> Drawing Then Application.ScreenUpdating = Drawing
End Sub

Private Sub Say(ByVal Words As String, ByVal Style As Long)
    'A message box shows some 1,000 characters.
    MsgBox Left$(Words, 1000), Style, "xlfv"
End Sub

'---- One call to Python

Private Function Ask(ByVal What As String, ByVal Args As Variant, Optional ByVal Repeat As Boolean = True) As Variant
    Dim tries As Long, trouble As String
    On Error GoTo failure
    If server Is Nothing Then Start
    Ask = server.CallUDF(ENTRY, What, Args, Nothing, Nothing)
    Exit Function
failure:
    If Err.Number = ESCAPE Then
        escaped = True
        Resume
    End If
    trouble = Err.Description
    tries = tries + 1
    If tries > 1 Or server Is Nothing And Not Repeat Then Err.Raise FAILED, "xlfv", trouble
    Set server = Nothing
    If Not Repeat Then Err.Raise FAILED, "xlfv", LOST
    Resume restart
restart:
    Start
    Ask = server.CallUDF(ENTRY, What, Args, Nothing, Nothing)
End Function

Private Sub Start()
    Dim mismatch As String
    Set server = XlfvConnect()
    mismatch = CStr(server.CallUDF(ENTRY, "hello", Array(XLFV_VERSION, ThisWorkbook.FullName), Nothing, Nothing))
    If Len(mismatch) > 0 Then Tell "xlfv: " & mismatch
End Sub

'The status bar: words, or False to give it back. It is not worth failing a cell for.
Private Sub Tell(ByVal Words As Variant)
    On Error Resume Next
    Application.StatusBar = Words
End Sub

Private Sub CatchEscape()
    On Error Resume Next
    Application.EnableCancelKey = xlErrorHandler
End Sub

'---- Replies

Private Function Awaited(ByVal Reply As Variant, Optional ByVal Repeat As Boolean = True) As Variant
    Dim ticket As String, told As Boolean, words As String
    If Len(TicketOf(Reply)) = 0 Then
        Awaited = Reply
        Exit Function
    End If
    On Error GoTo failure
    escaped = False
    CatchEscape
    Do
        ticket = TicketOf(Reply)
        If Len(ticket) = 0 Then Exit Do
        Tell Mid$(Reply, InStr(Reply, " ") + 1)
        If escaped And Not told Then told = CBool(Ask("stop", Array(ticket)))
        Reply = Ask("wait", Array(ticket), Repeat)
    Loop
    Tell False
    Awaited = Reply
    Exit Function
failure:
    If Err.Number = ESCAPE Then
        escaped = True
        Resume
    End If
    words = Err.Description
    Tell False 'which forgets the error
    Err.Raise FAILED, "xlfv", words
End Function

Private Function TicketOf(ByVal Reply As Variant) As String
    If IsMarked(Reply, "WAIT") Then TicketOf = Split(Unmarked(Reply, "WAIT"), " ")(0)
End Function

Private Function IsMarked(ByVal Reply As Variant, ByVal Mark As String) As Boolean
    If VarType(Reply) = vbString Then IsMarked = (Left$(Reply, Len(Mark) + 1) = Chr$(26) & Mark)
End Function

Private Function Unmarked(ByVal Reply As String, ByVal Mark As String) As String
    Unmarked = Mid$(Reply, Len(Mark) + 2)
End Function

Private Function Shown(ByVal Reply As Variant) As Variant
    Dim r As Long, c As Long
    If Not IsArray(Reply) Then
        Shown = CellOf(Reply)
        Exit Function
    End If
    If IsFlat(Reply) Then
        For c = LBound(Reply) To UBound(Reply)
            Reply(c) = CellOf(Reply(c))
        Next c
    Else
        For r = LBound(Reply, 1) To UBound(Reply, 1)
            For c = LBound(Reply, 2) To UBound(Reply, 2)
                Reply(r, c) = CellOf(Reply(r, c))
            Next c
        Next r
    End If
    Shown = Reply
End Function

'A result of one row comes as a list.
Private Function IsFlat(ByRef Reply As Variant) As Boolean
    On Error GoTo flat
    IsFlat = (UBound(Reply, 2) < LBound(Reply, 2))
    Exit Function
flat:
    IsFlat = True
End Function

Private Function CellOf(ByVal Value As Variant) As Variant
    If IsMarked(Value, "ERR") Then
        CellOf = CVErr(CLng(Unmarked(Value, "ERR")))
    Else
        CellOf = Value
    End If
End Function
