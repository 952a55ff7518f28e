Attribute VB_Name = "XlfvRibbon"
Option Explicit
'What the ribbon and the buttons of the valuation workbook call, and what happens when Excel opens the add-in.

Private events As XlfvEvents

'The ribbon: the id of the pressed button says what to do.
Public Sub XlfvOnAction(ByVal Control As Object)
    If ActiveWorkbook Is Nothing Then
        MsgBox "Open a workbook first.", vbInformation, "xlfv"
    Else
        XlfvDo Control.ID, ActiveWorkbook
    End If
End Sub

'A workbook's own buttons call this by its name, with their own workbook's name.
Public Sub XlfvPress(ByVal Button As String, ByVal BookName As String)
    XlfvDo Button, Workbooks(BookName)
End Sub

Public Sub XlfvOpen()
    Dim book As Workbook
    Set events = New XlfvEvents
    events.Follow Application
    For Each book In Workbooks
        XlfvRelink book
    Next book
    'Excel takes help texts only once it stands.
    Application.OnTime Now, "'" & ThisWorkbook.Name & "'!XlfvRegister"
End Sub

'A workbook saved on another desk names that desk's add-in in its formulas: they are pointed to this one.
Public Sub XlfvRelink(ByVal Book As Workbook)
    Dim links As Variant, link As Variant
    On Error Resume Next 'a protected workbook is left as it is
    links = Book.LinkSources(xlExcelLinks)
    If Not IsArray(links) Then Exit Sub
    For Each link In links
        If LCase$(Right$(link, 10)) = "\xlfv.xlam" And LCase$(link) <> LCase$(ThisWorkbook.FullName) Then
            Book.ChangeLink CStr(link), ThisWorkbook.FullName, xlExcelLinks
        End If
    Next link
End Sub

'Help for the function wizard. Excel refuses it for a hidden workbook, which an add-in is: it is shown for that moment.
Public Sub XlfvRegister()
    Dim saved As Boolean
    On Error GoTo done
    saved = ThisWorkbook.Saved
    Application.ScreenUpdating = False
    ThisWorkbook.IsAddin = False
    XlfvRegisterAll
done:
    ThisWorkbook.IsAddin = True
    ThisWorkbook.Saved = saved
    Application.ScreenUpdating = True
End Sub
